import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captured } from '../../support/captured.ts';
import { limit } from '../../support/limits.ts';
import { waitFor } from '../../support/wait-for.ts';

const accept = (key: string): string =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
const close = (code: number): Buffer => Buffer.from([0x88, 2, code >> 8, code & 0xff]);
const ENDS: Readonly<Record<string, (socket: Socket) => void>> = {
  '/cut': (socket) => socket.destroy(),
  '/reset': (socket) => socket.resetAndDestroy(),
  '/1011': (socket) => socket.end(close(1011)),
  '/1000': (socket) => socket.end(close(1000)),
  '/4004': (socket) => socket.end(close(4004)),
};
const server = http.createServer((_, response) => response.writeHead(200).end('no'));
server.on('upgrade', (request, socket: Socket) => {
  socket.on('error', () => {});
  const status = Number(/^\/status\/(\d+)/.exec(request.url!)?.[1] ?? 101);
  if (status !== 101) return socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno`);
  const head = `upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept(String(request.headers['sec-websocket-key']))}`;
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${head}\r\n\r\n`);
  return setTimeout(() => ENDS[request.url!]!(socket), 30);
});
let base: string;
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  base = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

interface Seen {
  readonly application: number;
  readonly handshake: string;
  readonly ends: readonly string[];
}
type Opens = new (url: string) => { onclose: unknown; onerror: unknown };
async function seen(Made: Opens, path: string): Promise<Seen> {
  const ends: string[] = [];
  using c = captured(
    {},
    {
      socketEnded: (call, handshake, code) =>
        void ends.push(`${new URL(call.url()).pathname} ${code} ${handshake?.status}`),
    },
  );
  const socket = new Made(base + path);
  socket.onerror = () => {};
  const application = await new Promise<number>((resolve) => {
    socket.onclose = ({ code }: { code: number }) => resolve(code);
  });
  await waitFor(() => c.ended.length === 1, 'the handshake');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(c.faults).toEqual([]);
  return { application, handshake: c.ended[0]!.told, ends };
}

const CLIENTS: Readonly<Record<string, Opens>> = {
  'node’s own': WebSocket as unknown as Opens,
  undici: createRequire(import.meta.url)('undici').WebSocket,
};
describe.each(Object.entries(CLIENTS))('WebSocket, %s', (_, Made) => {
  it.each([
    ['/cut', 1006],
    ['/reset', 1006],
    ['/1011', 1011],
  ] as const)('tells of an abnormal end, %s', async (path, code) => {
    expect(await seen(Made, path)).toEqual({ application: code, handshake: 'ok yes', ends: [`${path} ${code} 101`] });
  });

  it.each([['/1000', 1000]] as const)('says nothing of an end that was meant, %s', async (path, code) => {
    expect(await seen(Made, path)).toEqual({ application: code, handshake: 'ok yes', ends: [] });
  });

  it.each([
    ['/status/200', 'failed endpoint websocket.refused yes'],
    ['/status/403', 'failed auth http.error yes'],
    ['/status/503', 'failed service http.error yes'],
  ])('tells of a handshake refused, %s', async (path, told) => {
    expect(await seen(Made, path)).toEqual({ application: 1006, handshake: told, ends: [] });
  });
});

limit('ends of WebSockets', async () => {
  expect(await seen(CLIENTS['undici']!, '/4004')).toEqual({ application: 4004, handshake: 'ok yes', ends: [] });
});
