import { type AddressInfo, createServer, type Server, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { Line } from '../../../instrumentation/export/connection.ts';
import type { Endpoint } from '../../../instrumentation/export/endpoint.ts';
import type { Verdict } from '../../../instrumentation/export/types.ts';
import { waitFor } from '../../support/wait-for.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

/** A server on `host` that answers each byte; what it was sent over each connection. */
async function serving(answer: string, host = '127.0.0.1') {
  const sockets: Socket[] = [];
  const texts: string[] = [];
  const server: Server = createServer((socket) => {
    const at = sockets.push(socket) - 1;
    texts[at] = '';
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      texts[at] += bytes.toString();
      for (const _ of bytes.toString()) socket.write(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  open.push({ close });
  return { sockets, texts, port: (server.address() as AddressInfo).port };
}
function lineTo(port: number, options: Partial<Endpoint> & { host?: string } = {}) {
  const url = new URL(`http://${options.host ?? '127.0.0.1'}:${port}/v1/traces`);
  const line = new Line({
    url,
    protocol: 'http/protobuf',
    headers: {},
    timeoutMs: 10_000,
    gzip: false,
    tls: {},
    ...options,
  });
  open.push(line);
  return line;
}
const bytes = (text: string): Uint8Array => Buffer.from(text);
const send = (line: Line, text: string) => new Promise<Verdict>((resolve) => line.send(bytes(text), resolve));
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';
const turn = () => new Promise((resolve) => process.nextTick(resolve));

it('makes its connection past whoever answers for the network', async () => {
  const server = await serving(OK);
  const { connect } = Socket.prototype;
  const mock = function (this: Socket) {
    throw new Error('a mock was asked');
  };
  Socket.prototype.connect = mock;
  try {
    const sent = send(lineTo(server.port), 'a');
    expect(Socket.prototype.connect).toBe(mock);
    expect((await sent).kind).toBe('ok');
  } finally {
    Socket.prototype.connect = connect;
  }
});

it('sends what is sent at once over one connection, and tells each its own answer', async () => {
  const server = await serving(OK);
  const line = lineTo(server.port);
  const verdicts = await Promise.all([send(line, 'a'), send(line, 'b')]);
  verdicts.push(await send(line, 'c'));
  expect(verdicts.map(({ kind }) => kind)).toEqual(['ok', 'ok', 'ok']);
  expect(server.texts).toEqual(['abc']);
});

it.each(['127.0.0.1', '::1'])(
  'reaches localhost on %s, and writes before the event loop tells of the connection',
  async (host) => {
    const server = await serving(OK, host);
    const line = lineTo(server.port, { host: 'localhost' });
    line.open();
    await turn();
    const sent = send(line, 'early');
    // no turn of the event loop in between
    expect(line.finish([], performance.now() + 5000)).toMatch(/answered|written/);
    await waitFor(() => server.texts[0] === 'early', 'the bytes');
    await sent.catch(() => {});
  },
);

it('ends with the answer read, without the event loop', async () => {
  const { Worker } = await import('node:worker_threads');
  const code = `const s=require('net').createServer(c=>c.on('data',()=>c.write(${JSON.stringify(OK)}))).listen(0,'127.0.0.1',()=>require('worker_threads').parentPort.postMessage(s.address().port))`;
  const worker = new Worker(code, { eval: true });
  open.push({ close: () => void worker.terminate() });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const line = lineTo(port);
  await send(line, 'first');
  expect(line.finish([bytes('last')], performance.now() + 5000)).toBe('answered');
});

it('knows at once that nobody listens, and does not ask again for a while', async () => {
  const { port } = await serving(OK);
  open.pop()!.close();
  await wait(10);
  const line = lineTo(port);
  expect((await send(line, 'x')).kind).toBe('unreachable');
  const began = performance.now();
  line.open();
  expect(line.finish([bytes('y')], began + 800)).toBe('refused');
  expect(performance.now() - began).toBeLessThan(20);
});

it('waits a short while for a server that is silent', async () => {
  const server = await serving('');
  const line = lineTo(server.port);
  line.open();
  await waitFor(() => server.sockets.length === 1, 'a connection');
  await wait(5);
  const began = performance.now();
  expect(line.finish([bytes('x')], began + 800)).toBe('written');
  expect(performance.now() - began).toBeLessThan(700);
});

it('does not hold a connection longer than the server wants, and needs one more for the next call', async () => {
  const server = await serving('HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 0\r\n\r\n');
  const line = lineTo(server.port);
  expect((await send(line, 'a')).kind).toBe('ok');
  await waitFor(() => server.sockets[0]!.destroyed || server.sockets[0]!.readableEnded, 'the end of the connection');
  line.open();
  await waitFor(() => server.sockets.length === 2, 'another connection');
  expect((await send(line, 'b')).kind).toBe('ok');
  expect(server.texts).toEqual(['a', 'b']);
});

it('tells a connection that was kept and lost from one that never answered', async () => {
  const server = await serving(OK);
  const line = lineTo(server.port);
  await send(line, 'a');
  const lost = send(line, 'b');
  server.sockets[0]!.destroy();
  expect(['lost', 'ok']).toContain((await lost).kind);
  const mute = await serving('');
  const other = lineTo(mute.port);
  const never = send(other, 'x');
  await waitFor(() => mute.sockets.length === 1, 'a connection');
  mute.sockets[0]!.destroy();
  expect((await never).kind).toBe('retry');
});

it('gives up an answer that does not come', async () => {
  const server = await serving('');
  expect(await send(lineTo(server.port, { timeoutMs: 50 }), 'x')).toEqual({ kind: 'retry', why: 'timeout' });
});
