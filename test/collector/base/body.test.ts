import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { release } from '../../../collector/base/body.ts';
import { discard, inflate } from '../../../collector/otlp/inflate.ts';
import { sumOf } from '../../support/exposition.ts';
import { jsonBody, protobufBody, seeded, typicalBody } from '../../support/otlp-spans.ts';
import { testCollector } from '../../support/test-collector.ts';

it('counts bodies of many chunks whole, however they come', async () => {
  const collector = await testCollector();
  try {
    const body = typicalBody(seeded(5), 300);
    const protobuf = protobufBody(body);
    const json = jsonBody(body);
    expect(protobuf.length).toBeGreaterThan(2 * 65_536);
    const chunked = { 'transfer-encoding': 'chunked' };
    const gzip = { 'content-encoding': 'gzip' };
    // Twice, so that the second ones come into buffers used before.
    for (let n = 0; n < 2; n++)
      for (const answer of await Promise.all([
        collector.post(protobuf),
        collector.post(protobuf, chunked),
        collector.post(gzipSync(protobuf), gzip),
        collector.post(json),
        collector.post(gzipSync(json), { ...gzip, ...chunked, 'content-type': 'application/json' }),
      ]))
        expect([answer.status, answer.body.toString().replace('{}', '')]).toEqual([200, '']);
    expect(sumOf(await collector.samples(), 'api_client_calls_total')).toBe(2 * 5 * 300);
  } finally {
    await collector.close();
  }
});

it('frees what zlib has inflated, whatever its size, and never Node’s pool', () => {
  for (const size of [0, 10, 20_000, Buffer.poolSize - 1, Buffer.allocUnsafe(1).buffer.byteLength - 1, 100_000]) {
    const text = Buffer.alloc(size, 'faultlayer ');
    const zipped = gzipSync(text);
    const body = inflate(zipped, 200_000);
    expect(body.equals(text), `${size} bytes`).toBe(true);
    if (size === 0) continue;
    discard(body);
    expect(body.length, `${size} bytes`).toBe(0);
  }
  const pooled = Buffer.allocUnsafe(100);
  discard(pooled);
  expect(pooled.length).toBe(100);
});

it('frees memory that is a buffer’s own, never what it shares', () => {
  const own = Buffer.allocUnsafeSlow(4096);
  release(own);
  expect(own.length).toBe(0);
  const pool = Buffer.allocUnsafeSlow(4096);
  const shared = pool.subarray(1024, 3072);
  release(shared);
  expect([shared.length, pool.length]).toEqual([2048, 4096]);
  const pooled = Buffer.allocUnsafe((Buffer.poolSize >>> 1) - 1);
  release(pooled);
  expect(pooled.length).toBe((Buffer.poolSize >>> 1) - 1);
});
