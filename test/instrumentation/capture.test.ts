import { once } from 'node:events';
import http, { type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Call } from '../../instrumentation/capture/types.ts';
import { captured } from '../support/captured.ts';
import { waitFor } from '../support/wait-for.ts';

let server: Server;
let base: string;
beforeAll(async () => {
  server = http.createServer((request, response) => {
    request.resume();
    const path = request.url?.split('?')[0];
    if (path === '/headers') return void response.end(JSON.stringify(request.headers));
    if (path === '/slack')
      return void response.setHeader('content-type', 'application/json').end('{"ok":false,"error":"ratelimited"}');
    if (path === '/500') {
      response.statusCode = 500;
      return void response.setHeader('content-type', 'application/json').end('{"error":{"code":"boom"}}');
    }
    if (path === '/slow') return void response.write('part');
    response.end('ok');
  });
  server.on('upgrade', (_request, socket) => {
    socket.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const get = async (
  url: string,
  options: http.RequestOptions = {},
): Promise<{ response: IncomingMessage; text: string }> => {
  const request = http.get(url, options);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += chunk;
  return { response, text };
};

it('adds headers before the request leaves, through every client that allows it', async () => {
  using _ = captured({}, { start: (call) => call.setHeader('traceparent', '00-abc') });
  expect(await (await fetch(`${base}/headers`)).json()).toMatchObject({ traceparent: '00-abc' });
  expect(JSON.parse((await get(`${base}/headers`)).text)).toMatchObject({ traceparent: '00-abc' });
});

it('knows the headers that were set on a request after its birth', async () => {
  const names: (readonly string[])[] = [];
  const note = (call: Call) => void names.push(call.requestHeaderNames());
  using _ = captured({}, { start: note, end: note });
  const request = http.request(base, { agent: false });
  request.setHeader('authorization', 'Bearer x');
  const [response] = (await once(request.end(), 'response')) as [IncomingMessage];
  await once(response.resume(), 'end');
  await waitFor(() => names.length > 1, 'the end of the call');
  expect(names).toEqual([['host'], ['host', 'authorization']]);
});

it('leaves a call alone that the sink declines', async () => {
  using c = captured({}, { start: () => false });
  await (await fetch(base)).text();
  await get(base);
  expect(c.ended).toEqual([]);
  expect(c.capture.open).toBe(0);
});

it('keeps the application whole when the sink throws, counts the faults and gives the handler up', async () => {
  using c = captured(
    {},
    {
      start() {
        throw new Error('broken sink');
      },
    },
  );
  for (let i = 0; i < 15; i++) expect(await (await fetch(base)).text()).toBe('ok');
  expect(c.faults).toEqual(Array(10).fill('undici:request:create'));
  expect((await get(base)).text).toBe('ok');
});

it('is not to be seen: names, arity, listeners and properties stay', async () => {
  const before = { fetch: globalThis.fetch, request: http.request, get: http.get };
  const shape = (f: object) => [
    Object.getOwnPropertyNames(f).sort(),
    (f as { name: string; length: number }).name,
    (f as { length: number }).length,
  ];
  const probe = async () => {
    const request = http.get(`${base}/500`);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const seen = [
      request.eventNames(),
      Reflect.ownKeys(request).length,
      response.eventNames(),
      Object.keys(response),
      response.readableFlowing,
    ];
    response.resume();
    await once(response, 'end');
    return seen;
  };
  const without = await probe();
  {
    using _ = captured();
    expect(shape(globalThis.fetch)).toEqual(shape(before.fetch));
    expect(shape(http.request)).toEqual(shape(before.request));
    expect(await probe()).toEqual(without);
  }
  expect(globalThis.fetch).toBe(before.fetch);
  expect(http.request).toBe(before.request);
  expect(http.get).toBe(before.get);
});

it('gives the set-up timings of a connection to its first call alone', async () => {
  using c = captured();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = 0; i < 3; i++) await get(base, { agent });
  await waitFor(() => c.ended.length === 3, 'the calls to end');
  agent.destroy();
  expect(c.ended.map((e) => e.timings.tcp !== undefined)).toEqual([true, false, false]);
  for (const { timings } of c.ended) {
    expect(timings.wait).toBeGreaterThanOrEqual(0);
    expect(timings.body).toBeGreaterThanOrEqual(0);
  }
});

it('ends calls whose answer nobody reads', async () => {
  using c = captured();
  const agent = new http.Agent({ keepAlive: true });
  const request = http.get(base, { agent });
  await once(request, 'response');
  void (await fetch(base));
  await waitFor(() => c.ended.length === 2, 'the calls to end');
  expect(c.ended.map((e) => e.told)).toEqual(['ok yes', 'ok yes']);
  agent.destroy();
});

it('drains what has been answered when the process is about to leave', async () => {
  using c = captured();
  const request = http.get(base);
  await once(request, 'response');
  c.capture.drain();
  expect(c.ended.map((e) => e.told)).toEqual(['ok yes']);
  request.destroy();
  await sleep(20);
  expect(c.ended).toHaveLength(1);
});

it('looks into 2xx bodies only where they can hold a failure', async () => {
  {
    using c = captured({ readsSuccessBodies: ({ host }) => host === '127.0.0.1' });
    await (await fetch(`${base}/slack`)).text();
    await get(`${base}/slack`, { agent: false });
    await waitFor(() => c.ended.length === 2, 'the calls to end');
    for (const { told, outcome } of c.ended) {
      expect(told).toBe('failed throttling http.error_in_success yes');
      expect(outcome.evidence?.code).toBe('ratelimited');
    }
  }
  using other = captured();
  await (await fetch(`${base}/slack`)).text();
  expect(other.ended.map((e) => e.told)).toEqual(['ok yes']);
});

it('tells an upgrade as ok when the application asked for it', async () => {
  using c = captured();
  const request = http.get(`${base}/upgrade`, { agent: false, headers: { connection: 'upgrade', upgrade: 'x' } });
  const [, socket] = await once(request, 'upgrade');
  socket.destroy();
  await waitFor(() => c.ended.length === 1, 'the calls to end');
  expect(c.ended[0]).toMatchObject({ told: 'ok yes', status: 101 });
});

it('tells a destroyed request as cancelled, before and after the answer', async () => {
  using c = captured();
  const closed = (request: http.ClientRequest) =>
    new Promise<void>((done) => {
      request.on('error', () => {}).on('close', () => done());
    });
  const early = http.get(base, { agent: false });
  early.destroy();
  await closed(early);
  const late = http.get(`${base}/slow`, { agent: false });
  late.on('response', (response) => {
    response.on('error', () => {});
    late.destroy();
  });
  await closed(late);
  await waitFor(() => c.ended.length === 2, 'the calls to end');
  expect(c.ended.map((e) => e.told)).toEqual(['cancelled no', 'cancelled yes']);
});

it('holds nothing of a call that has ended', async () => {
  using c = captured();
  const url = `${base}/500?gc`;
  await (await fetch(url)).text();
  await get(url);
  await waitFor(() => c.ended.length === 2, 'the calls to end');
  for (const { call } of c.ended) {
    expect(call.requestHeader('host')).toBeUndefined();
    expect(call.responseHeader('content-type')).toBeUndefined();
    expect(call.connection?.peerAddress).toBeUndefined();
    expect(call.url()).toBe(url);
  }
  expect(c.capture.open).toBe(0);
});
