// A provider that never answers, asked by clients with a timeout of their own. Each case's name is the last segment of its URL.
import http from 'node:http';
import Anthropic from '@anthropic-ai/sdk';
import Keepalive from 'agentkeepalive';
import axios from 'axios';
import got from 'got';
import got11 from 'got11';
import ky from 'ky';
import makeFetchHappen from 'make-fetch-happen';
import minipassFetch from 'minipass-fetch';
import needle from 'needle';
import nodeFetch from 'node-fetch';
import nodeFetch2 from 'node-fetch2';
import { ofetch } from 'ofetch';
import OpenAI from 'openai';
import phin from 'phin';
import request from 'request';
import Stripe from 'stripe';
import superagent from 'superagent';
import wretch from 'wretch';
import AbortAddon from 'wretch/addons/abort';

const MS = 600;
const aborting = () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), MS);
  return controller.signal;
};
const raw = (url, options, prepare = () => {}) =>
  new Promise((done) => prepare(http.get(url, options).on('error', done)));

const CASES = {
  openai: (u) => new OpenAI({ apiKey: 'k', baseURL: u, maxRetries: 0, timeout: MS }).get('/openai'),
  anthropic: (u) => new Anthropic({ apiKey: 'k', baseURL: u, maxRetries: 0, timeout: MS }).get('/anthropic'),
  ky: (u) => ky(`${u}/ky`, { timeout: MS, retry: 0 }),
  stripe: (u) => {
    const { hostname: host, port } = new URL(u);
    const options = { host, port, protocol: 'http', timeout: MS, maxNetworkRetries: 0 };
    return new Stripe('sk_test_none', options).charges.retrieve('stripe');
  },
  wretch: (u) => wretch(`${u}/wretch`).addon(AbortAddon()).get().setTimeout(MS).res(),
  superagent: (u) => superagent.get(`${u}/superagent`).timeout(MS),
  needle: (u) => needle('get', `${u}/needle`, { response_timeout: MS }),
  'node-fetch2': (u) => nodeFetch2(`${u}/node-fetch2`, { timeout: MS }),
  'node-fetch': (u) => nodeFetch(`${u}/node-fetch`, { signal: AbortSignal.timeout(MS) }),
  'node-fetch-timer': (u) => nodeFetch(`${u}/node-fetch-timer`, { signal: aborting() }),
  axios: (u) => axios.get(`${u}/axios`, { timeout: MS }),
  'axios-timer': (u) => axios.get(`${u}/axios-timer`, { signal: aborting() }),
  got: (u) => got(`${u}/got`, { timeout: { response: MS }, retry: { limit: 0 } }),
  got11: (u) => got11(`${u}/got11`, { timeout: MS, retry: 0 }),
  request: (u) => new Promise((done) => request({ url: `${u}/request`, timeout: MS }, done)),
  ofetch: (u) => ofetch(`${u}/ofetch`, { timeout: MS, retry: 0 }),
  phin: (u) => phin({ url: `${u}/phin`, timeout: MS }),
  'make-fetch-happen': (u) => makeFetchHappen(`${u}/make-fetch-happen`, { timeout: MS, retry: false }),
  'minipass-fetch': (u) => minipassFetch(`${u}/minipass-fetch`, { timeout: MS }),
  agentkeepalive: (u) => raw(`${u}/agentkeepalive`, { agent: new Keepalive({ timeout: MS }) }),
  'fetch-timer': (u) => fetch(`${u}/fetch-timer`, { signal: aborting() }),
  'http-timer': (u) => raw(`${u}/http-timer`, {}, (r) => setTimeout(() => r.destroy(), MS)),
  'http-timeout': (u) => raw(`${u}/http-timeout`, { timeout: MS }, (r) => r.on('timeout', () => r.destroy())),
};
// once, so that what each loads first is loaded
await fetch(`${process.env.URL}/first`, { signal: AbortSignal.timeout(1) }).catch(() => {});
for (const run of Object.values(CASES)) await run(process.env.URL).catch(() => {});
