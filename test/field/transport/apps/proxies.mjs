// One agent, one kind of proxy that fails.
import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import axios from 'axios';
import { bootstrap } from 'global-agent';
import got from 'got';
import { HttpsProxyAgent as HpAgent } from 'hpagent';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import nodeFetch from 'node-fetch';
import { PacProxyAgent } from 'pac-proxy-agent';
import { ProxyAgent } from 'proxy-agent';
import request from 'request';
import { SocksProxyAgent } from 'socks-proxy-agent';
import tunnel from 'tunnel';

const { PROXY, AGENT, PORT } = process.env;
const TARGET = 'https://api.example.test/v1/x';
// a busy machine may take a second to load what an agent needs
const MS = 2000;
const raw = (module, url, options = {}) =>
  new Promise((done) => {
    // first, because an agent may work for long before it gives the turn back
    setTimeout(() => call.destroy(), MS);
    const call = module.get(url, { ...options, timeout: MS }, (response) => response.resume().on('end', done));
    call.on('error', done);
  });
const AGENTS = {
  'https-proxy-agent': () => raw(https, TARGET, { agent: new HttpsProxyAgent(PROXY) }),
  'https-proxy-agent, axios': () =>
    axios.get(TARGET, {
      httpsAgent: new HttpsProxyAgent(PROXY),
      proxy: false,
      timeout: MS,
      signal: AbortSignal.timeout(MS),
    }),
  'axios proxy': () =>
    axios.get(TARGET, {
      proxy: { host: '127.0.0.1', port: Number(PORT), protocol: 'http' },
      timeout: MS,
      signal: AbortSignal.timeout(MS),
    }),
  'https-proxy-agent, node-fetch': () =>
    nodeFetch(TARGET, { agent: new HttpsProxyAgent(PROXY), signal: AbortSignal.timeout(MS) }),
  'hpagent, got': () =>
    got(TARGET, { agent: { https: new HpAgent({ proxy: PROXY }) }, retry: { limit: 0 }, timeout: { request: MS } }),
  'proxy-agent': () => raw(https, TARGET, { agent: new ProxyAgent({ getProxyForUrl: () => PROXY }) }),
  'pac-proxy-agent': () => {
    const script = `function FindProxyForURL() { return 'PROXY 127.0.0.1:${PORT}' }`;
    const agent = new PacProxyAgent(`pac+data:application/x-ns-proxy-autoconfig,${encodeURIComponent(script)}`);
    return raw(https, TARGET, { agent });
  },
  tunnel: () =>
    raw(https, TARGET, { agent: tunnel.httpsOverHttp({ proxy: { host: '127.0.0.1', port: Number(PORT) } }) }),
  request: () => new Promise((done) => request({ url: TARGET, proxy: PROXY, timeout: MS }, done)),
  'global-agent': () => {
    process.env.GLOBAL_AGENT_HTTPS_PROXY = PROXY;
    bootstrap();
    return raw(https, TARGET);
  },
  'http-proxy-agent': () => raw(http, 'http://api.example.test/v1/x', { agent: new HttpProxyAgent(PROXY) }),
  'socks-proxy-agent': () => raw(https, TARGET, { agent: new SocksProxyAgent(PROXY.replace('http', 'socks5h')) }),
};
// what is loaded with a first call is no part of the next one's time
await axios.get('http://127.0.0.1:9/', { proxy: false }).catch(() => {});
await raw(https, 'https://127.0.0.1:9/');
// some agents never tell; their call is over when its deadline is
await Promise.race([AGENTS[AGENT]().catch(() => {}), sleep(2 * MS)]);
await sleep(1500);
process.exit(0);
