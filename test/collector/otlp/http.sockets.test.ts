import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inFlight } from '../../../collector/base/body.ts';
import { sumOf } from '../../support/exposition.ts';
import { protobufBody } from '../../support/otlp-spans.ts';
import { send, type TestCollector, testCollector } from '../../support/test-collector.ts';
import { waitFor } from '../../support/wait-for.ts';

let collector: TestCollector;
beforeAll(async () => {
  collector = await testCollector();
});
afterAll(() => collector.close());

const open = (): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const { port, hostname } = new URL(collector.otlpUrl);
    const socket = connect(Number(port), hostname, () => resolve(socket));
    socket.on('error', reject);
  });

/** Writes raw bytes and returns everything answered until the connection ends or an answer is whole. */
const raw = async (text: string): Promise<string> => {
  const socket = await open();
  let answer = '';
  const ended = new Promise<string>((resolve) => {
    socket.on('data', (c) => {
      answer += c.toString('latin1');
      if (answer.includes('\r\n\r\n')) socket.end();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', () => resolve(answer));
  });
  socket.write(text);
  return ended;
};

it('answers smuggling shapes and odd targets with an error, and lives (B12)', async () => {
  const cases: Record<string, RegExp> = {
    'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n':
      /^HTTP\/1.1 400/,
    'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n': /^HTTP\/1.1 4\d\d/,
    'POST /v1/traces HTTP/1.1\nHost: localhost\n\n': /^HTTP\/1.1 4\d\d/,
    'GET http:// HTTP/1.1\r\nHost: localhost\r\n\r\n': /^HTTP\/1.1 4\d\d/,
    'GET //evil/v1/traces HTTP/1.1\r\nHost: localhost\r\n\r\n': /^HTTP\/1.1 404/,
    'OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n': /^HTTP\/1.1 404/,
    'POST /v1/traces HTTP/1.1\r\nHost: evil.test\r\nContent-Length: 0\r\n\r\n': /^HTTP\/1.1 403/,
  };
  for (const [text, expected] of Object.entries(cases)) expect(await raw(text), text).toMatch(expected);
  expect((await collector.post(new Uint8Array(0))).status).toBe(200);
});

it('forgets a sender that goes away, at each quarter of its body (B13)', async () => {
  const body = protobufBody([
    {
      resource: { 'service.name': 'gone' },
      spans: [{ attributes: { 'http.request.method': 'GET', 'api.status.class': '2xx' } }],
    },
  ]);
  for (const part of [0, 0.25, 0.5, 0.75]) {
    const socket = await open();
    socket.write(
      `POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body.subarray(0, Math.floor(body.length * part)));
    // Nothing is held for a body of which nothing has come; then one on a later connection tells that the server has the request.
    if (part > 0) await waitFor(() => inFlight.bytes > 0, 'the body to be in flight');
    else await collector.post(new Uint8Array(0));
    socket.destroy();
    await waitFor(() => inFlight.bytes === 0, 'the body to be forgotten');
  }
  const aborted = async (): Promise<number> =>
    sumOf(await collector.samples(), 'faultlayer_otlp_requests_total', { code: 'aborted' });
  await waitFor(async () => (await aborted()) === 4, 'all four to be counted as aborted');
  expect(sumOf(await collector.samples(), 'api_client_calls_total', { service_name: 'gone' })).toBe(0);
});

it('serves others while slow and idle connections stand open (B11)', async () => {
  const slow = await Promise.all(Array.from({ length: 100 }, open));
  for (const [i, socket] of slow.entries()) if (i % 2 === 0) socket.write('POST /v1/traces HTTP/1.1\r\nX-Slow: ');
  expect((await collector.post(new Uint8Array(0))).status).toBe(200);
  expect((await send(`${collector.httpUrl}/-/healthy`)).status).toBe(200);
  for (const socket of slow) socket.destroy();
});

it('refuses with Retry-After under pressure, still shows its metrics, and recovers by itself (B10)', async () => {
  inFlight.bytes += 1e12;
  try {
    const refused = await collector.post(new Uint8Array(0));
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5']);
    expect((await send(`${collector.httpUrl}/-/ready`)).status).toBe(503);
    expect((await send(`${collector.httpUrl}/metrics`)).status).toBe(200);
  } finally {
    inFlight.bytes -= 1e12;
  }
  expect((await collector.post(new Uint8Array(0))).status).toBe(200);
  expect((await send(`${collector.httpUrl}/-/ready`)).status).toBe(200);
});
