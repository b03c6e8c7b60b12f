import { EventEmitter, once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'undici';
import { afterAll, beforeAll, expect } from 'vitest';
import { BODY_LIMIT } from '../../instrumentation/capture/body.ts';
import { captured } from '../support/captured.ts';
import { limit } from '../support/limits.ts';
import { connectProxy, httpServer, type Listening } from '../support/servers.ts';
import { waitFor } from '../support/wait-for.ts';

/** More of what docs/limits.md states: what is told late, with less, or changes by our hooks. */
let api: Listening;
let url: string;
beforeAll(async () => {
  api = await httpServer(async (req, res) => {
    req.resume();
    const failing = { 'content-type': 'application/json' };
    if (req.url === '/large') return void res.end('x'.repeat(4 << 20));
    if (req.url === '/late') {
      res.writeHead(500, failing).flushHeaders();
      await sleep(100);
      return void res.end('{"error":{"code":"too_late"}}');
    }
    const pad = ' '.repeat(BODY_LIMIT);
    return void res.writeHead(500, failing).end(req.url === '/code-last' ? `{"pad":"${pad}","code":"end"}` : '{}');
  });
  url = `http://127.0.0.1:${api.port}`;
});
afterAll(() => api[Symbol.asyncDispose]());

limit('a Host header of the application’s own', async () => {
  using c = captured();
  const failing = http.get({ host: '127.0.0.1', port: 1, headers: { host: 'shop.example' }, agent: false });
  await once(failing, 'error');
  await waitFor(() => c.ended.length === 1, 'the call to end');
  expect(c.ended[0]).toMatchObject({ told: 'failed tcp tcp.refused no', url: 'http://127.0.0.1/' });
});

limit('a tunnel of the application’s own', async () => {
  using c = captured();
  await using proxy = await connectProxy(200);
  const { socket } = await connect(`http://127.0.0.1:${proxy.port}`, { path: `127.0.0.1:${api.port}` } as never);
  expect(c.ended).toEqual([]);
  expect(c.capture.open).toBe(0);
  socket.destroy();
});

limit('answers that wait for a reader', async () => {
  using c = captured();
  const request = http.get(`${url}/large`, { agent: false }).on('error', () => {});
  await once(request, 'response');
  // what fits the buffers has come; the rest waits for the application
  for (let bytes = -1; bytes !== request.socket!.bytesRead; await sleep(100)) bytes = request.socket!.bytesRead;
  const began = performance.now();
  c.capture.sweep(began);
  c.capture.sweep(began + 9_000);
  expect(c.ended).toEqual([]);
  c.capture.sweep(began + 11_000);
  expect(c.ended.map((e) => [e.told, e.timings.body])).toEqual([['ok yes', 0]]);
  request.destroy();
});

limit('long bodies', async () => {
  using c = captured();
  const response = await fetch(`${url}/code-last`);
  expect((await response.json()) as object).toMatchObject({ code: 'end' });
  await waitFor(() => c.ended.length === 1, 'the call to end');
  expect(c.ended[0]!.outcome.evidence?.code).toBeUndefined();
});

limit('error bodies cancelled at once', async () => {
  using c = captured();
  const response = await fetch(`${url}/late`);
  await response.body?.cancel();
  await waitFor(() => c.ended.length === 1, 'the call to end');
  expect(c.ended[0]!.told).toBe('failed service http.error yes');
  expect(c.ended[0]!.outcome.evidence?.code).toBeUndefined();
});

limit('identity of the hooked functions', () => {
  const before = [globalThis.fetch, http.request, http.get];
  using _ = captured();
  for (const [i, now] of [globalThis.fetch, http.request, http.get].entries()) {
    const was = before[i]!;
    expect(now).not.toBe(was);
    expect([now.name, now.length]).toEqual([was.name, was.length]);
  }
});

limit('methods of requests', () => {
  const { prototype } = http.ClientRequest;
  const before = Object.getOwnPropertyNames(prototype);
  const { from } = Readable;
  using _ = captured();
  expect(Readable.from).not.toBe(from);
  expect([Readable.from.name, Readable.from.length]).toEqual([from.name, from.length]);
  expect(Object.getOwnPropertyNames(prototype)).toEqual([...before, '_send']);
  expect([prototype.destroy.name, prototype.destroy.length]).toEqual(['destroy', 1]);
});

/** Microtasks until a promise has settled. */
async function turns(promise: Promise<unknown>): Promise<number> {
  let settled = false;
  const done = () => {
    settled = true;
  };
  promise.then(done, done);
  for (let count = 0; ; count++) {
    if (settled || count > 1000) return count;
    await null;
  }
}
limit('refusals one microtask later', async () => {
  const refused = () => turns(fetch('ftp://127.0.0.1/'));
  await refused();
  const without = await refused();
  using c = captured();
  expect(await refused()).toBe(without + 1);
  expect(c.ended.map((e) => e.told)).toEqual(['failed client client.invalid_url no']);
  // of a call that is made it is the very promise, whatever comes of it
  const made = fetch(`${url}/`);
  expect(made.constructor).toBe(Promise);
  await (await made).text();
});

limit('room for listeners', async () => {
  using _ = captured();
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
  expect(socket.getMaxListeners()).toBe(EventEmitter.defaultMaxListeners + 1);
  for (const event of ['timeout', 'end', 'close', 'connect']) expect(socket.listenerCount(event)).toBeLessThan(3);
  socket.destroy();
  server.close();
});
