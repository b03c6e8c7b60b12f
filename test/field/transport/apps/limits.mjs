// Limits and faults of the caller's own, redirects, kept connections, queues.
import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import axios from 'axios';
import follow from 'follow-redirects';
import got from 'got';
import nodeFetch from 'node-fetch';
import superagent from 'superagent';
import { Agent, interceptors, request } from 'undici';

const u = process.env.URL;
// follow-redirects takes the header out of the very object
const bearer = () => ({ authorization: 'Bearer of-the-old-host' });
const NO_SOCKET = '/tmp/faultlayer-none.sock';
const get = (url, options = {}, module = http, read = () => {}) =>
  new Promise((done, fail) => {
    try {
      const given = typeof url === 'string' ? [url, options] : [url];
      const onResponse = (response) => {
        response.on('data', () => read(response)).on('end', done);
        response.on('error', fail).on('close', done);
      };
      module.get(...given, onResponse).on('error', fail);
    } catch (error) {
      fail(error);
    }
  });
const write = (name, send) =>
  new Promise((done, fail) => {
    const options = { method: 'POST', maxBodyLength: 1000 };
    const call = follow.http.request(`${u}/sink/${name}`, options, (response) => response.resume().on('end', done));
    send(call.on('error', fail));
  });
const CASES = [
  () => request(`${u}/large/undici`, { dispatcher: new Agent({ maxResponseSize: 1000 }) }).then((r) => r.body.text()),
  () => axios.get(`${u}/large/axios`, { maxContentLength: 1000 }),
  () => nodeFetch(`${u}/large/node-fetch`, { size: 1000 }).then((r) => r.text()),
  async () => {
    const { data } = await axios.get(`${u}/large/axios-stream`, { responseType: 'stream', maxContentLength: 1000 });
    for await (const piece of data) void piece;
  },
  () => superagent.get(`${u}/large/superagent`).buffer(true).maxResponseSize(1000),
  () => request(`${u}/large/dump`, { dispatcher: new Agent().compose(interceptors.dump({ maxSize: 1000 })) }),
  () => write('follow-bytes', (call) => call.end('x'.repeat(3000))),
  () => write('follow-stream', (call) => Readable.from(['x'.repeat(500), 'x'.repeat(900)]).pipe(call)),
  () => get(`${u}/large/reader`, {}, http, (response) => response.destroy(new Error('answer too large'))),
  // read no further, for no limit's sake
  () => get(`${u}/large/enough`, {}, http, (response) => response.destroy()),
  () => get(`${u}/overflow/http`),
  () => fetch(`${u}/overflow/fetch`),
  () => get(`${u.replace('http', 'https')}/pfx/https`, { pfx: Buffer.from('no pfx') }, https),
  () => get(`${u}/address/http`, { localAddress: '192.0.2.1' }),
  () =>
    fetch(`${u}/sink/source`, {
      method: 'POST',
      duplex: 'half',
      body: Readable.toWeb(
        Readable.from(
          (async function* () {
            yield 'start';
            await sleep(50);
            throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
          })(),
        ),
      ),
    }),
  () => request(`${u}/sink/length`, { method: 'POST', headers: { 'content-length': '5' }, body: 'longer than five' }),
  () => fetch(`${u}/cut/fetch`).then((r) => r.text()),
  () => axios.get(`${u}/old/axios`),
  () => nodeFetch(`${u}/old/node-fetch`).then((r) => r.text()),
  () => got(`${u}/old/got`),
  () => get(`${u}/old/follow-redirects`, {}, follow.http),
  () => fetch(`${u}/old/fetch`).then((r) => r.text()),
  // a redirect to another host, which drops the credential
  () => axios.get(`${u}/moved/axios`, { headers: bearer() }),
  () => nodeFetch(`${u}/moved/node-fetch`, { headers: bearer() }).then((r) => r.text()),
  () => got(`${u}/moved/got`, { headers: bearer(), retry: { limit: 0 } }),
  () => get(`${u}/moved/follow-redirects`, { headers: bearer() }, follow.http),
  () => fetch(`${u}/moved/fetch`, { headers: bearer() }).then((r) => r.text()),
  () => get({ socketPath: NO_SOCKET, path: '/unix/http' }),
  () => request(`${u}/unix/undici`, { dispatcher: new Agent({ connect: { socketPath: NO_SOCKET } }) }),
  async () => {
    const agent = new http.Agent({ keepAlive: true });
    await get(`${u}/once/http`, { agent });
    await sleep(1200);
    await get(`${u}/stale/http`, { agent });
  },
  async () => {
    const dispatcher = new Agent({ pipelining: 1, connections: 1 });
    await (await request(`${u}/once/undici`, { dispatcher })).body.text();
    await sleep(1200);
    await request(`${u}/stale/undici`, { method: 'POST', body: 'x', dispatcher });
  },
  () => {
    const agent = new http.Agent({ maxSockets: 1 });
    return Promise.all([get(`${u}/slow/first`, { agent }), get(`${u}/slow/queued`, { agent })]);
  },
  () => {
    const dispatcher = new Agent({ connections: 1, pipelining: 1 });
    const one = (name) => request(`${u}/slow/${name}`, { dispatcher }).then((r) => r.body.text());
    return Promise.all([one('undici-first'), one('undici-queued')]);
  },
];
for (const run of CASES) await run().catch(() => {});
await sleep(300);
