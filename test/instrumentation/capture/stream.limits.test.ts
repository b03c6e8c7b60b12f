import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { Streamed } from '../../../instrumentation/capture/stream.ts';
import { readerFor } from '../../../instrumentation/judge/reader.ts';
import { captured } from '../../support/captured.ts';
import { limit } from '../../support/limits.ts';
import { httpServer } from '../../support/servers.ts';
import { chat } from '../../support/streams.ts';
import { waitFor } from '../../support/wait-for.ts';

const FAILED = 'data: {"error":{"code":"server_error","message":"no"}}\n\n';
let handle: (request: IncomingMessage, response: ServerResponse) => void;
const server = await httpServer((request, response) => handle(request, response));
const base = `http://127.0.0.1:${server.port}`;
afterAll(() => server[Symbol.asyncDispose]());

const answers = (type: string, body: string | Buffer, headers: http.OutgoingHttpHeaders = {}) => {
  handle = (_, response) => response.writeHead(200, { 'content-type': type, ...headers }).end(body);
};
/** What is told of one answer. */
async function told(path = '/v1', init: RequestInit = {}): Promise<string> {
  using c = captured({ readerOf: readerFor });
  await (await fetch(base + path, init)).arrayBuffer().catch(() => {});
  await waitFor(() => c.ended.length === 1, 'the call');
  expect(c.faults).toEqual([]);
  return c.ended[0]!.told;
}
const FAILURE = 'failed service http.error_in_success yes';
/** The same through a host of the catalogue, whose name leads here. */
async function toldOfOpenai(): Promise<string> {
  using c = captured({ readerOf: readerFor });
  const lookup = (_: string, __: object, done: (e: null, found: object[]) => void) =>
    done(null, [{ address: '127.0.0.1', family: 4 }]);
  const { port } = server;
  const request = http.get({
    host: 'api.openai.com',
    port,
    path: '/v1',
    lookup,
    agent: false,
  } as unknown as http.RequestOptions);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  for await (const _ of response);
  await waitFor(() => c.ended.length === 1, 'the call');
  return c.ended[0]!.told;
}

limit('streams of unknown layout', async () => {
  answers('multipart/mixed; boundary=x', `--x\r\n\r\n${FAILED}`);
  expect(await told()).toBe('ok yes');
});

limit('failures without a word for them', async () => {
  const failed = 'data: {"base_resp":{"status_code":1002,"status_msg":"no"}}\n\n';
  answers('text/event-stream', `data: {"a":1}\n\n${failed}${'data: {"a":1}\n\n'.repeat(3)}`);
  expect(await told()).toBe('failed payload http.error_in_success yes');
  answers('text/event-stream', failed + 'data: {"a":1}\n\n'.repeat(4));
  expect(await told()).toBe('ok yes');
});

limit('streams without a last event', async () => {
  answers('text/event-stream', 'data: {"candidates":[{"content":{}}]}\n\n');
  expect(await told()).toBe('ok yes');
});

limit('compressed streams', async () => {
  const stream = Buffer.from(chat('a').repeat(2000) + FAILED);
  const codings = { gzip: gzipSync, br: brotliCompressSync, zstd: zstdCompressSync };
  for (const [coding, pack] of Object.entries(codings)) {
    answers('text/event-stream', pack(stream), { 'content-encoding': coding });
    expect([coding, await toldOfOpenai()]).toEqual([coding, FAILURE]);
    expect([coding, await told()]).toEqual([coding, 'ok yes']);
  }
  const noise = Array.from({ length: 9000 }, (_, i) => chat(Math.sin(i).toString(36))).join('');
  answers('text/event-stream', gzipSync(noise + FAILED), { 'content-encoding': 'gzip' });
  expect(await toldOfOpenai()).toBe('ok yes');
});

limit('long events', async () => {
  const long = (first: object) =>
    `data: ${JSON.stringify({ ...first, pad: 'x'.repeat(20_000), error: { code: 'server_error', message: 'no' } })}\n\n`;
  answers('text/event-stream', long({ id: 1 }));
  expect(await told()).toBe('ok yes');
  answers('text/event-stream', long({ type: 'response.failed' }));
  expect(await told()).toBe(FAILURE);
});

limit('JSON-RPC', async () => {
  const wrong = { error: { code: -32601, message: 'Method not found' } };
  const rpc = { method: 'POST', body: '{}' };
  answers('application/json', JSON.stringify({ jsonrpc: '2.0', id: 1, ...wrong }));
  expect(await told('/rpc', rpc)).toBe('failed endpoint http.error_in_success yes');
  answers('application/json', JSON.stringify({ ...wrong, id: 1, jsonrpc: '2.0' }));
  expect(await told('/rpc', rpc)).toBe('failed endpoint http.error_in_success yes');
  answers('application/json', JSON.stringify({ id: 'x'.repeat(64), jsonrpc: '2.0', ...wrong }));
  expect(await told('/rpc', rpc)).toBe('ok yes');
  // whatever else the address had answered
  answers('application/json', JSON.stringify({ data: 'x'.repeat(64) }));
  for (let i = 0; i < 9; i++) expect(await told('/plain', rpc)).toBe('ok yes');
  answers('application/json', JSON.stringify({ jsonrpc: '2.0', id: 1, ...wrong }));
  expect(await told('/plain', rpc)).toBe('failed endpoint http.error_in_success yes');
});

it('unpacks a compressed stream when the application is done with its turn', async () => {
  using c = captured({ readerOf: readerFor });
  answers('text/event-stream', gzipSync(FAILED), { 'content-encoding': 'gzip' });
  const lookup = (_: string, __: object, done: (e: null, found: object[]) => void) =>
    done(null, [{ address: '127.0.0.1', family: 4 }]);
  const options = { host: 'api.openai.com', port: server.port, path: '/v1', lookup, agent: false };
  const [response] = (await once(http.get(options as unknown as http.RequestOptions), 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  expect(c.ended).toEqual([]);
  await waitFor(() => c.ended.length === 1, 'the call');
  expect(c.ended[0]!.told).toBe(FAILURE);
});

it('reads request ID, wait and words of an event like those of any body', async () => {
  using c = captured({ readerOf: readerFor });
  const error = { code: 'rate_limit_exceeded', message: 'Slow down, please.', retry_after: 7 };
  answers('text/event-stream', `${chat('a')}data: ${JSON.stringify({ error, request_id: 'req_42ab' })}\n\n`);
  await (await fetch(`${base}/v1`)).text();
  await waitFor(() => c.ended.length === 1, 'the call');
  expect(c.ended[0]!.told).toBe('failed throttling http.error_in_success yes');
  expect(c.ended[0]!.outcome.evidence).toMatchObject({
    code: 'rate_limit_exceeded',
    message: 'Slow down, please.',
    requestId: 'req_42ab',
    retryAfter: 7,
  });
});

/** Times of one streamed answer: its first piece, and its longest silence, in milliseconds; and its bytes. */
async function timesOf(
  read: (answer: Response) => Promise<unknown>,
): Promise<[first: number, gap: number, bytes: number]> {
  let times: [number, number, number] = [0, 0, 0];
  using c = captured(
    { readerOf: readerFor },
    {
      end({ streamed, startMs }) {
        times = [streamed!.firstMs - startMs, streamed!.gapMs, streamed!.bytes];
      },
    },
  );
  await read(await fetch(base));
  await waitFor(() => c.ended.length === 1, 'the call');
  return times;
}

it('tells when a stream began to speak and how long it was silent', async () => {
  handle = async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    await sleep(150);
    response.write(chat('a'));
    await sleep(300);
    response.write(chat('b'));
    response.end(chat('', 'stop'));
  };
  const [first, gap, bytes] = await timesOf((answer) => answer.text());
  expect(bytes).toBe(Buffer.byteLength(chat('a') + chat('b') + chat('', 'stop')));
  expect(first).toBeGreaterThan(140);
  expect(gap).toBeGreaterThan(290);
  expect(gap).toBeLessThan(1000);
});

const big = chat('x'.repeat(1000)).repeat(400);
const reads = (ms: number) => async (answer: Response) => {
  const reader = answer.body!.getReader();
  await reader.read();
  await sleep(ms);
  while (!(await reader.read()).done);
};

it('takes no pause of a reader for a silence of the provider', async () => {
  handle = (_, response) =>
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(big + chat('', 'stop'));
  const [, gap] = await timesOf(reads(3500));
  expect(gap).toBeLessThan(2000);
});

limit('silences between many pieces', async () => {
  const streamed = new Streamed();
  const piece = Buffer.from(chat('a'));
  for (let i = 0; i < 40; i++) streamed.note(piece);
  const from = performance.now();
  await sleep(600);
  streamed.note(piece);
  const silence = performance.now() - from;
  streamed.ended(performance.now());
  expect([streamed.bytes, streamed.gapMs < silence - 50]).toEqual([41 * piece.length, true]);
  expect(streamed.gapMs).toBeGreaterThan(silence / 2);
});

it('tells of the silence behind many pieces, with which a stream ends', async () => {
  const streamed = new Streamed();
  for (let i = 0; i < 40; i++) streamed.note(Buffer.from('a'));
  await sleep(600);
  streamed.ended(performance.now());
  expect(streamed.gapMs).toBeGreaterThan(300);
});

it('makes no silence of pieces whose times were not noted', () => {
  const streamed = new Streamed();
  for (let i = 0; i < 40; i++) streamed.note(Buffer.from('a'));
  streamed.ended(performance.now() + 50);
  expect(streamed.gapMs).toBeLessThan(50);
});

limit('pauses of the reader', async () => {
  handle = (_, response) =>
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(big + chat('', 'stop'));
  const [, gap] = await timesOf(reads(400));
  expect(gap).toBeGreaterThan(300);
});

it('tells of a failure after a reader had paused', async () => {
  using c = captured({ readerOf: readerFor });
  handle = async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(big);
    await sleep(1500);
    response.destroy();
  };
  await expect((async () => reads(2500)(await fetch(base)))()).rejects.toThrow('terminated');
  await waitFor(() => c.ended.length === 1, 'the call');
  expect(c.ended[0]!.told).toBe('failed body http.response.truncated yes');
});
