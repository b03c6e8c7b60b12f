// Loops over one endpoint, and repeats: `loop-…` sends three bodies of one length, `again-…` one body three times.
import { setTimeout as sleep } from 'node:timers/promises';
import Anthropic from '@anthropic-ai/sdk';
import axios from 'axios';
import got from 'got';
import ky from 'ky';
import needle from 'needle';
import fetch3 from 'node-fetch';
import fetch2 from 'node-fetch2';
import { ofetch } from 'ofetch';
import OpenAI from 'openai';
import superagent from 'superagent';

const base = process.env.URL;
const json = { 'content-type': 'application/json' };
const query = (id) => ({ query: `{ item(id: "${id}") { name } }` });
const prompt = (id) => ({ model: 'm', messages: [{ role: 'user', content: `word ${id}` }] });
const openai = new OpenAI({ apiKey: 'k', baseURL: base, maxRetries: 0 });
const anthropic = new Anthropic({ apiKey: 'k', baseURL: base, maxRetries: 0 });
const off = { retry: 0 };

/** One write of each client, to a path. */
const clients = {
  fetch: (url, id) => fetch(url, { method: 'POST', headers: json, body: JSON.stringify(query(id)) }),
  axios: (url, id) => axios.post(url, query(id)),
  got: (url, id) => got.post(url, { json: query(id), retry: { limit: 0 } }),
  ky: (url, id) => ky.post(url, { json: query(id), ...off }),
  needle: (url, id) => needle('post', url, query(id), { json: true }),
  'node-fetch': (url, id) => fetch3(url, { method: 'POST', headers: json, body: JSON.stringify(query(id)) }),
  'node-fetch2': (url, id) => fetch2(url, { method: 'POST', headers: json, body: JSON.stringify(query(id)) }),
  ofetch: (url, id) => ofetch(url, { method: 'POST', body: query(id), ...off }),
  superagent: (url, id) => superagent.post(url).send(query(id)),
  openai: (url, id) => openai.post(new URL(url).pathname, { body: prompt(id) }),
  anthropic: (url, id) => anthropic.post(new URL(url).pathname, { body: prompt(id) }),
};

for (const [name, write] of Object.entries(clients)) {
  for (const kind of ['loop', 'again']) {
    for (const id of ['aa', 'bb', 'cc']) {
      // a helper's own wait: no flow leads from one call to the next
      await sleep(1)
        .then(() => write(`${base}/${kind}-${name}`, kind === 'loop' ? id : 'same'))
        .catch(() => {});
    }
  }
}
const quiet = (promise) => promise.catch(() => {});
await quiet(
  got.post(`${base}/own-got`, {
    json: query('x'),
    retry: { limit: 2, methods: ['POST'], backoffLimit: 5 },
  }),
);
await quiet(ky.post(`${base}/own-ky`, { json: query('x'), retry: { limit: 2, methods: ['post'], delay: () => 5 } }));
await quiet(ofetch(`${base}/own-ofetch`, { method: 'POST', body: query('x'), retry: 2, retryDelay: 5 }));
await quiet(superagent.post(`${base}/own-superagent`).send(query('x')).retry(2));
