import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { LIMITS } from '../../../collector/limits.ts';
import { testCollector } from '../../support/test-collector.ts';

it('cuts off a sender whose headers, and one whose body, do not end (B11)', async () => {
  const collector = await testCollector();
  const { hostname, port } = new URL(collector.otlpUrl);
  /** Writes one byte a second until the connection is closed on it; returns how long that took. */
  const drip = (head: string): Promise<number> =>
    new Promise((resolve) => {
      const began = performance.now();
      const socket = connect(Number(port), hostname);
      socket.on('error', () => {});
      socket.write(head);
      const timer = setInterval(() => socket.write('a'), 1000);
      socket.resume();
      socket.on('close', () => {
        clearInterval(timer);
        resolve(performance.now() - began);
      });
    });
  try {
    const post = 'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\n';
    const [headers, body] = await Promise.all([
      drip(`${post}X-Slow: `),
      drip(`${post}Content-Type: application/x-protobuf\r\nContent-Length: 1000\r\n\r\n`),
    ]);
    expect(headers).toBeGreaterThan(LIMITS.headersTimeoutMs * 0.9);
    expect(headers).toBeLessThan(LIMITS.headersTimeoutMs + 20_000);
    expect(body).toBeGreaterThan(LIMITS.requestTimeoutMs * 0.9);
    expect(body).toBeLessThan(LIMITS.requestTimeoutMs + 20_000);
    expect((await collector.post(new Uint8Array(0))).status).toBe(200);
  } finally {
    await collector.close();
  }
});
