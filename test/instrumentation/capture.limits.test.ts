import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import http, { createServer as createHttpServer } from 'node:http';
import { connect as connectHttp2, constants, createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, pipeline, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { Agent, ProxyAgent, request, fetch as undiciFetch } from 'undici';
import { afterAll, expect, it } from 'vitest';
import { captured } from '../support/captured.ts';
import { freePort } from '../support/free-port.ts';
import { limit } from '../support/limits.ts';
import { waitFor } from '../support/wait-for.ts';

/** Every limit that docs/limits.md states for calls, shown as it is today. A limit that is overcome makes its test fail. */
const servers: Server[] = [];
const sockets = new Set<Socket>();
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
});
async function listen(server: Server): Promise<number> {
  server.on('connection', (socket) => sockets.add(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return (server.address() as AddressInfo).port;
}
const raw = (text: string) => listen(createServer((s) => s.once('data', () => s.end(text))));
limit('undici’s own argument checks', async () => {
  using c = captured();
  await expect(request('http://127.0.0.1:1', { headers: { a: 'b\u0001' } })).rejects.toThrow();
  const closed = new Agent();
  await closed.close();
  await expect(request('http://127.0.0.1:1', { dispatcher: closed })).rejects.toThrow();
  expect(c.ended).toEqual([]);
});

limit('unix sockets of undici', async () => {
  using c = captured();
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-unix-'));
  const [open, missing] = [join(folder, 'open'), join(folder, 'missing')];
  const server = createHttpServer((_, response) => response.end('ok')).listen(open);
  await once(server, 'listening');
  servers.push(server);
  for (const socketPath of [open, missing])
    await request('http://localhost/', { dispatcher: new Agent({ connect: { socketPath } }) })
      .then(({ body }) => body.dump())
      .catch(() => {});
  await waitFor(() => c.ended.length === 2, 'both ends');
  expect(c.ended.map(({ call, told }) => [told, call.socketPath])).toEqual([
    ['ok yes', undefined],
    ['failed client client.local_error no', missing],
  ]);
});

limit('timeouts that no timer’s callback ends', async () => {
  using c = captured();
  const port = await listen(createServer((socket) => socket.on('error', () => {})));
  const slept = new AbortController();
  const call = fetch(`http://127.0.0.1:${port}/`, { signal: slept.signal }).catch(() => {});
  await sleep(150);
  slept.abort();
  await call;
  expect(c.ended.map((e) => e.told)).toEqual(['cancelled yes']);
});

limit('a fetch of an installed undici, aborted in its queue', async () => {
  using c = captured();
  const port = await listen(
    createServer((s) => s.once('data', () => setTimeout(() => s.end('HTTP/1.1 204 x\r\n\r\n'), 600))),
  );
  const dispatcher = new Agent({ connections: 1, pipelining: 1 });
  const url = `http://127.0.0.1:${port}/`;
  const first = undiciFetch(url, { dispatcher });
  await expect(undiciFetch(url, { dispatcher, signal: AbortSignal.timeout(200) })).rejects.toThrow();
  await first;
  await waitFor(() => c.ended.length === 2, 'the end of both');
  expect(c.ended.map((e) => e.told)).toContain('cancelled no');
});

limit('size limits that only the reader knows', async () => {
  using c = captured();
  const port = await listen(
    createServer((s) =>
      s.on('error', () => {}).once('data', () => s.write('HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\nx')),
    ),
  );
  const get = http.get(`http://127.0.0.1:${port}/`);
  const [response] = (await once(get, 'response')) as [http.IncomingMessage];
  response.on('error', () => {}).destroy();
  await waitFor(() => c.ended.length === 1, 'the end');
  expect(c.ended.map((e) => e.told)).toEqual(['cancelled yes']);
});

it('what an answer is piped into says why it was given up', async () => {
  using c = captured();
  const port = await listen(
    createServer((s) =>
      s
        .on('error', () => {})
        .once('data', () => s.write('HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\nno gzip at all')),
    ),
  );
  const limited = new PassThrough().on('data', () => limited.destroy(new Error('content size over limit: 1')));
  for (const into of [createGunzip(), limited]) {
    const [response] = (await once(http.get(`http://127.0.0.1:${port}/`), 'response')) as [http.IncomingMessage];
    pipeline(response, into, () => {});
  }
  await waitFor(() => c.ended.length === 2, 'both ends');
  // axios' streams
  http.get(`http://127.0.0.1:${port}/`, (response) => {
    const counted = async function* () {
      for await (const piece of response) if (piece.length > 1) throw new Error('maxContentLength size of 1 exceeded');
      yield 'whole';
    };
    Readable.from(counted())
      .on('error', () => {})
      .resume();
  });
  await waitFor(() => c.ended.length === 3, 'the third end');
  expect(c.ended.map((e) => e.told).toSorted()).toEqual([
    'failed body http.response.decoding_failed yes',
    'failed client client.limit_exceeded yes',
    'failed client client.limit_exceeded yes',
  ]);
});

limit('content coding undone by the client', async () => {
  using c = captured();
  const port = await raw(
    'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nnope',
  );
  const response = await fetch(`http://127.0.0.1:${port}/`);
  await expect(response.text()).rejects.toThrow('terminated');
  expect(c.ended.map((e) => e.told)).toEqual(['ok yes']);
});

limit('redirects that fetch refuses', async () => {
  using c = captured();
  const port = await raw(
    'HTTP/1.1 302 Found\r\nconnection: close\r\nlocation: ftp://elsewhere/\r\ncontent-length: 0\r\n\r\n',
  );
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
  await expect(fetch(`http://127.0.0.1:${port}/`, { redirect: 'error' })).rejects.toThrow('fetch failed');
  expect(c.ended.map((e) => e.told)).toEqual(['ok yes', 'ok yes']);
});

limit('a plain proxy’s own answer', async () => {
  using c = captured();
  const port = await listen(
    createHttpServer((_request, response) => {
      response.statusCode = 502;
      response.end();
    }),
  );
  const dispatcher = new ProxyAgent({ uri: `http://127.0.0.1:${port}` });
  const { statusCode, body } = await request('http://target.example/', { dispatcher });
  await body.text();
  expect(statusCode).toBe(502);
  expect(c.ended.map((e) => `${e.host} ${e.told}`)).toEqual(['target.example failed service http.error yes']);
  await dispatcher.close();
});

limit('HTTP/2 streams reset with CANCEL', async () => {
  using c = captured();
  const port = await listen(
    createHttp2Server().on('stream', (stream) => stream.close(constants.NGHTTP2_CANCEL)) as unknown as Server,
  );
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const stream = session.request({ ':path': '/' });
  stream.resume();
  await once(stream, 'close');
  await waitFor(() => c.ended.length === 1, 'the call to end');
  expect(c.ended[0]!.told).toBe('cancelled yes');
  session.close();
});

limit('no header on raw HTTP/2', async () => {
  using c = captured({}, { start: (call) => call.setHeader('traceparent', '00-x') });
  let seen: unknown;
  const port = await listen(
    createHttp2Server().on('stream', (stream, headers) => {
      seen = headers['traceparent'];
      stream.respond({ ':status': 200 });
      stream.end();
    }) as unknown as Server,
  );
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const stream = session.request({ ':path': '/' });
  stream.resume();
  await once(stream, 'close');
  await waitFor(() => c.ended.length === 1, 'the call to end');
  expect(seen).toBeUndefined();
  session.close();
});

limit('ends told late', async () => {
  using c = captured();
  const port = await listen(createServer(() => {}));
  const agent = new http.Agent({ maxSockets: 1 });
  const first = http.get(`http://127.0.0.1:${port}/`, { agent }).on('error', () => {});
  const queued = http.get(`http://127.0.0.1:${port}/`, { agent }).on('error', () => {});
  await sleep(50);
  queued.destroy();
  await sleep(50);
  expect(c.ended).toEqual([]);
  c.capture.sweep();
  expect(c.ended.map((e) => e.told)).toEqual(['cancelled no']);
  const gone = new Promise((done) => first.on('close', done));
  first.destroy();
  await gone;
});

limit('an error’s body cut off', async () => {
  using c = captured();
  const port = await raw(
    'HTTP/1.1 503 X\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"error":{"code":"busy"}',
  );
  const response = await fetch(`http://127.0.0.1:${port}/`);
  await expect(response.text()).rejects.toThrow('terminated');
  expect(c.ended.map((e) => `${e.told} ${e.outcome.evidence?.code}`)).toEqual(['failed service http.error yes busy']);
});

limit('bodies of requests that never left', async () => {
  const bodies: (string | undefined)[] = [];
  using c = captured({ requestBodies: true }, { end: (call) => void bodies.push(call.requestBody()?.text) });
  const url = `http://127.0.0.1:${await freePort()}/`;
  const headers = { 'content-type': 'text/plain' };
  const blob = new Blob(['pears']);
  for (const body of [
    'pears',
    new URLSearchParams('pears'),
    blob,
    blob.stream(),
    new Request(url, { method: 'POST', body: 'pears' }),
  ])
    await (body instanceof Request
      ? fetch(body)
      : fetch(url, { method: 'POST', headers, body, duplex: 'half' } as RequestInit)
    ).catch(() => {});
  expect(c.ended.map((e) => e.outcome.sent)).toEqual(['no', 'no', 'no', 'no', 'no']);
  expect(bodies).toEqual(['pears', 'pears=', undefined, undefined, undefined]);
});

limit('bodies that are not text', async () => {
  const bodies: (string | undefined)[] = [];
  using _ = captured({ requestBodies: true }, { end: (call) => void bodies.push(call.requestBody()?.text) });
  const port = await listen(createHttpServer((req, res) => req.resume().on('end', () => res.writeHead(400).end())));
  const form = new FormData();
  form.set('kind', 'conference');
  await (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: form })).text();
  await (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'kind=conference' })).text();
  expect(bodies).toEqual([undefined, 'kind=conference']);
});
