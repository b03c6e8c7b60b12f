import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { createServer as createTls } from 'node:tls';
import fc from 'fast-check';
import { Agent, request } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SpanRecord } from '../../instrumentation/span/record.ts';
import { type Handle, start } from '../../instrumentation/start.ts';
import { type Listening, listening, tcpServer } from '../support/servers.ts';
import { waitFor } from '../support/wait-for.ts';
import { makeCertificate } from '../support/x509.ts';

/** Every byte a remote side sends is hostile: whatever it answers, the application gets what it would have got, and we stay small. */
let handle: Handle;
let spans: SpanRecord[] = [];
let raw: Listening;
let reply: string | Buffer = '';
let url: string;
beforeAll(async () => {
  raw = await tcpServer((socket) => socket.once('data', () => socket.end(reply)));
  url = `http://127.0.0.1:${raw.port}/`;
});
afterAll(() => raw[Symbol.asyncDispose]());
beforeEach(() => {
  spans = [];
  handle = start({ env: { OTEL_TRACES_EXPORTER: 'none', FAULTLAYER_SPANS: 'own' }, onSpan: (s) => spans.push(s) })!;
});
afterEach(async () => {
  expect([...handle.faults]).toEqual([]);
  await handle.stop();
});

const text = async (response: IncomingMessage) => {
  let whole = '';
  for await (const piece of response) whole += piece;
  return whole;
};
const viaHttp = (options: https.RequestOptions = {}, target = url): Promise<unknown> =>
  new Promise((resolve) => {
    const client = target.startsWith('https') ? https : http;
    client
      .get(target, { agent: false, ...options }, (response) => {
        text(response).then(
          (body) => resolve([response.statusCode, response.rawHeaders.length, body]),
          (error: NodeJS.ErrnoException) => resolve(error.code),
        );
      })
      .on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });
const viaFetch = (): Promise<unknown> =>
  fetch(url).then(
    async (response) => [response.status, await response.text().catch((error: Error) => error.name)],
    (error: Error) => [error.name, (error.cause as NodeJS.ErrnoException)?.code],
  );

/** What the application sees, with us and without; and the spans of the first. */
async function both(call: () => Promise<unknown>): Promise<SpanRecord[]> {
  const before = spans.length;
  const ours = await call();
  // fetch may have made two attempts, and they are told some time after their end
  await waitFor(async () => {
    await handle.flush();
    return spans.length > before;
  }, 'the span');
  const made = spans.slice(before);
  await handle.stop();
  expect(ours).toEqual(await call());
  handle = start({ env: { OTEL_TRACES_EXPORTER: 'none', FAULTLAYER_SPANS: 'own' }, onSpan: (s) => spans.push(s) })!;
  return made;
}
const CLASSES = new Set(['1xx', '2xx', '3xx', '4xx', '5xx', 'none']);
const bounded = (span: SpanRecord) => {
  expect(CLASSES).toContain(span.attributes['api.status.class']);
  const sizes = Object.entries(span.attributes).map(([name, value]) => [name, JSON.stringify(value).length] as const);
  for (const [name, size] of sizes) expect([name, size]).toEqual([name, Math.min(size, 2100)]);
};

describe('the status line', () => {
  const STATUSES = ['000', '001', '099', '200', '226', '304', '399', '418', '421', '499', '500', '599', '600', '999'];
  it.each(STATUSES)('%s', async (status) => {
    reply = `HTTP/1.1 ${status} Odd\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}`;
    for (const call of [viaHttp, viaFetch]) {
      const attempts = await both(() => call());
      // fetch tries a 421 once more, on another connection (Fetch standard, HTTP-network-or-cache fetch)
      expect(attempts).toHaveLength(status === '421' && call === viaFetch ? 2 : 1);
      for (const span of attempts) {
        bounded(span);
        if (Number(status) >= 400) expect(span.failed).toBe(true);
      }
    }
  });

  it.each(['HTTP/1.1 200\r\n\r\n', 'HTTP/1.1 2000 OK\r\n\r\n', 'HTTP/1.1 -1 OK\r\n\r\n', 'HTTP/1.1 200"} OK\r\n\r\n'])(
    '%j',
    async (line) => {
      reply = line;
      for (const call of [viaHttp, viaFetch]) for (const span of await both(() => call())) bounded(span);
    },
  );

  it('after a storm of informational answers', async () => {
    const storm = 'HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n'.repeat(200);
    reply = `${storm}HTTP/1.1 503 No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`;
    for (const call of [viaHttp, viaFetch]) {
      const [span, ...more] = await both(() => call());
      expect(more).toEqual([]);
      expect(span!.attributes).toMatchObject({ 'error.type': '503', 'api.failure.layer': 'service' });
    }
  });

  it('or any bytes at all', async () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
    const shape = fc.oneof(
      bytes.map((b) => Buffer.from(b)),
      fc
        .tuple(fc.integer({ min: 0, max: 999 }), bytes)
        .map(([status, b]) => Buffer.concat([Buffer.from(`HTTP/1.1 ${status} `), b, Buffer.from('\r\n\r\n')])),
    );
    await fc.assert(
      fc.asyncProperty(shape, async (sent) => {
        reply = sent;
        for (const call of [viaHttp, viaFetch]) for (const span of await both(() => call())) bounded(span);
      }),
      { numRuns: 30, seed: 7 },
    );
  });
});

describe('headers', () => {
  const answer = (headers: string) => {
    reply = `HTTP/1.1 429 No\r\nconnection: close\r\ncontent-type: application/json\r\n${headers}content-length: 2\r\n\r\n{}`;
  };
  const roomy = { maxHeaderSize: 64 << 20 };
  const viaUndici = async () => {
    const dispatcher = new Agent(roomy);
    const { statusCode, headers, body } = await request(url, { dispatcher });
    const whole = await body.text();
    await dispatcher.close();
    return [statusCode, Object.keys(headers).length, whole];
  };

  it.each<[string, string]>([
    ['ten thousand names', Array.from({ length: 10_000 }, (_, i) => `x-${i}: v\r\n`).join('')],
    ['a value of 1 MiB', `x-request-id: ${'r'.repeat(1 << 20)}\r\nretry-after: ${'9'.repeat(1 << 20)}\r\n`],
    ['the same name again and again', 'x-request-id: one\r\n'.repeat(1000)],
    ['names of Object.prototype', '__proto__: polluted\r\nconstructor: polluted\r\nhasownproperty: polluted\r\n'],
    ['bytes above ASCII', `x-request-id: ${'\u00e9\u00ff'.repeat(50)}\r\n`],
    [
      'numbers that are none',
      'retry-after: -1e999\r\nx-ratelimit-limit: NaN\r\nx-ratelimit-remaining: Infinity\r\nx-ratelimit-reset: 1e308\r\ndate: never\r\n',
    ],
  ])('%s', async (_name, headers) => {
    answer(headers);
    for (const call of [() => viaHttp(roomy), viaUndici]) {
      const [span, ...more] = await both(call);
      expect(more).toEqual([]);
      bounded(span!);
      expect(span!.attributes).toMatchObject({ 'error.type': '429', 'api.failure.layer': 'throttling' });
      for (const value of Object.values(span!.attributes))
        if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('certificates', () => {
  it.each([
    ['60 KB of names', { name: 'wide', names: Array.from({ length: 2000 }, (_, i) => `${i}.a-name-as-long.example`) }],
    [
      'more names than OpenSSL takes',
      { name: 'w', names: Array.from({ length: 6000 }, (_, i) => `${i}.long.example`) },
    ],
    ['a NUL in its name', { name: 'localhost\0.evil.example', names: ['localhost\0.evil.example'] }],
  ])('%s', async (_name, options) => {
    const certificate = makeCertificate(options);
    await using server = await listening(createTls(certificate, (socket) => socket.on('error', () => {})));
    const [span] = await both(() => viaHttp({ ca: certificate.cert }, `https://localhost:${server.port}/`));
    expect(span!.attributes).toMatchObject({ 'api.failure.layer': 'tls', 'api.request.sent': 'no' });
    bounded(span!);
  });
});
