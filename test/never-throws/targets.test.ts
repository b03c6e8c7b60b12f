import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, connect, request, upgrade } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SpanRecord } from '../../instrumentation/span/record.ts';
import { type Handle, start } from '../../instrumentation/start.ts';
import { connectProxy, httpServer, type Listening } from '../support/servers.ts';
import { waitFor } from '../support/wait-for.ts';

/** Places that are no host name on a TCP port, and requests that are no exchange of messages. */
const folder = mkdtempSync(join(tmpdir(), 'faultlayer-targets-'));
const socketPath = join(folder, 'api.sock');
const local = http.createServer((_req, res) => res.writeHead(503).end('no'));
let api: Listening;
let handle: Handle;
let spans: SpanRecord[] = [];
beforeAll(async () => {
  await new Promise<void>((resolve) => local.listen(socketPath, resolve));
  api = await httpServer((req, res) => res.writeHead(req.url === '/refused' ? 403 : 200).end('fine'));
});
afterAll(async () => {
  local.closeAllConnections();
  local.close();
  rmSync(folder, { recursive: true, force: true });
  await api[Symbol.asyncDispose]();
});
beforeEach(() => {
  spans = [];
  handle = start({ env: { OTEL_TRACES_EXPORTER: 'none', FAULTLAYER_SPANS: 'own' }, onSpan: (s) => spans.push(s) })!;
});
afterEach(async () => {
  expect([...handle.faults]).toEqual([]);
  await handle.stop();
});
const told = async (count = 1) => {
  await waitFor(() => spans.length >= count, `${count} spans`);
  expect(spans).toHaveLength(count);
  return spans.map(({ attributes: a }) => ({
    server: `${a['server.address']}:${a['server.port']}`,
    peer: a['network.peer.address'],
    url: a['url.full'],
    is: a['api.failure.layer'] ?? (a['api.cancelled'] ? 'cancelled' : 'ok'),
    status: a['http.response.status_code'],
    method: a['http.request.method'],
  }));
};
const viaHttp = (options: http.RequestOptions): Promise<void> =>
  new Promise((resolve) => {
    http
      .get({ agent: false, ...options }, (res) => res.resume().on('end', () => resolve()))
      .on('error', () => resolve());
  });

describe('a Unix socket', () => {
  it('through http', async () => {
    await viaHttp({ socketPath, path: '/v1/info' });
    expect(await told()).toEqual([
      {
        server: 'localhost:80',
        peer: socketPath,
        url: 'http://localhost/v1/info',
        is: 'service',
        status: 503,
        method: 'GET',
      },
    ]);
  });

  it('through undici', async () => {
    const dispatcher = new Agent({ connect: { socketPath } });
    await (await request('http://docker/v1/info', { dispatcher })).body.text();
    await dispatcher.close();
    expect(await told()).toMatchObject([{ server: 'docker:80', url: 'http://docker/v1/info', is: 'service' }]);
  });

  it('that is not there', async () => {
    await viaHttp({ socketPath: join(folder, 'nobody.sock'), path: '/v1/info' });
    const [call] = await told();
    expect(call).toMatchObject({ server: 'localhost:80', status: undefined });
    expect(spans[0]!.attributes).toMatchObject({ 'api.request.sent': 'no' });
  });
});

describe('a host', () => {
  it('as an IPv6 literal has no brackets', async () => {
    const server = http.createServer((_req, res) => res.end('fine'));
    await new Promise<void>((resolve, reject) => server.listen(0, '::1', resolve).on('error', reject));
    const { port } = server.address() as { port: number };
    await (await fetch(`http://[::1]:${port}/v1`)).text();
    await viaHttp({ host: '::1', port, path: '/v1' });
    server.closeAllConnections();
    server.close();
    const at = { server: `::1:${port}`, peer: '::1', url: `http://[::1]:${port}/v1`, is: 'ok' };
    expect(await told(2)).toMatchObject([at, at]);
  });

  it('in another script is told as it goes over the wire', async () => {
    const lookup = (_name: string, options: { all?: boolean }, done: (...args: unknown[]) => void) =>
      options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);
    const dispatcher = new Agent({ connect: { lookup: lookup as never } });
    await (await request(`http://bücher.example:${api.port}/v1`, { dispatcher })).body.text();
    await dispatcher.close();
    const url = new URL(`http://bücher.example:${api.port}/v1`);
    await new Promise<void>((resolve) => {
      http.get(url, { agent: false, lookup: lookup as never }, (res) => res.resume().on('end', () => resolve()));
    });
    const at = { server: `xn--bcher-kva.example:${api.port}`, is: 'ok' };
    expect(await told(2)).toMatchObject([at, at]);
  });
});

describe('an upgrade', () => {
  const server = http.createServer();
  server.on('upgrade', ({ headers }, socket) => {
    const accept = createHash('sha1').update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
    const lines = ['HTTP/1.1 101 Switching Protocols', 'connection: upgrade', `upgrade: ${headers.upgrade}`];
    if (headers['sec-websocket-key']) lines.push(`sec-websocket-accept: ${accept.digest('base64')}`);
    socket.on('error', () => {}).write(`${lines.join('\r\n')}\r\n\r\n`);
  });
  let url: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}/v1/live`;
  });
  afterAll(() => void server.close());
  const granted = () => [{ is: 'ok', status: 101, url }];

  it.each([
    ['undici of this repository', () => new Agent()],
    ['undici of Node', () => undefined],
  ])('by %s is ok when it is granted', async (_whose, dispatcherOf) => {
    // Node's is the global dispatcher of every copy, once there was a fetch
    await (await fetch(`http://127.0.0.1:${api.port}/`)).text();
    await told();
    spans.length = 0;
    const dispatcher = dispatcherOf();
    const { socket } = await upgrade(url, { protocol: 'echo', ...(dispatcher && { dispatcher }) });
    socket.destroy();
    expect(await told()).toMatchObject(granted());
    await dispatcher?.destroy();
  });

  it('by WebSocket is ok, and over at once', async () => {
    const socket = new WebSocket(url.replace('http', 'ws'));
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    expect(await told()).toMatchObject(granted());
    socket.close();
  });

  it('by WebSocket that is refused fails', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${api.port}/refused`);
    await new Promise((resolve) => socket.addEventListener('error', resolve));
    expect(await told()).toMatchObject([{ is: 'auth', status: 403 }]);
  });

  it.each([
    ['is answered with a status', () => `http://127.0.0.1:${api.port}/refused`, { is: 'auth', status: 403 }],
    ['finds nobody', () => 'http://127.0.0.1:1/refused', { is: 'tcp', status: undefined }],
  ])('that %s fails', async (_what, target, expected) => {
    await expect(upgrade(target(), { protocol: 'echo' })).rejects.toThrow();
    expect(await told()).toMatchObject([expected]);
  });
});

describe('CONNECT by the application itself', () => {
  it('is a tunnel, not a call: what goes through it is told by whoever speaks HTTP there', async () => {
    await using proxy = await connectProxy(200);
    const target = `127.0.0.1:${api.port}`;
    const { socket, statusCode } = await connect(`http://127.0.0.1:${proxy.port}`, { path: target } as never);
    expect(statusCode).toBe(200);
    await viaHttp({ host: '127.0.0.1', port: api.port, path: '/v1', createConnection: () => socket as never });
    expect(await told()).toMatchObject([{ server: target, is: 'ok', status: 200 }]);
  });

  it('nor with http', async () => {
    await using proxy = await connectProxy(407);
    await new Promise<void>((resolve) => {
      const options = { host: '127.0.0.1', port: proxy.port, method: 'CONNECT', path: 'api.example:443', agent: false };
      http
        .request(options as http.RequestOptions)
        .on('connect', (_res, socket) => {
          socket.destroy();
          resolve();
        })
        .end();
    });
    await viaHttp({ host: '127.0.0.1', port: api.port, path: '/after' });
    expect(await told()).toMatchObject([{ url: `http://127.0.0.1:${api.port}/after` }]);
  });
});

it('a TLS server asked in plain text, and the other way round, by IP address', async () => {
  await new Promise<void>((resolve) => {
    https.get(`https://127.0.0.1:${api.port}/`, { agent: false }).on('error', () => resolve());
  });
  expect(await told()).toMatchObject([{ server: `127.0.0.1:${api.port}`, is: 'tls' }]);
});
