import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { BODY_LIMIT, BodyCapture, heldBytes, readable } from '../../../instrumentation/capture/body.ts';
import { decodeBody } from '../../../instrumentation/capture/decode.ts';

const text = `{"error":{"code":"card_declined"},"pad":"${'é'.repeat(4000)}"}`;

it.each([
  ['gzip', gzipSync(text)],
  ['x-gzip', gzipSync(text)],
  ['deflate', deflateSync(text)],
  ['deflate', deflateRawSync(text)],
  ['br', brotliCompressSync(text)],
  ['zstd', zstdCompressSync(text)],
  ['gzip, br', brotliCompressSync(gzipSync(text))],
  ['identity', Buffer.from(text)],
  ['', Buffer.from(text)],
])('undoes %s', (coding, bytes) => {
  expect(decodeBody(bytes, coding)).toBe(text);
});

it('reads the start of a stream that was cut', () => {
  let seed = 1;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed;
  };
  const noise = Array.from({ length: 5000 }, () => String.fromCharCode(33 + (random() % 90))).join('');
  const long = `{"code":"first"}${noise}`;
  for (const [coding, bytes] of [
    ['gzip', gzipSync(long)],
    ['deflate', deflateSync(long)],
    ['br', brotliCompressSync(long)],
  ] as const)
    expect(decodeBody(bytes.subarray(0, bytes.length - 200), coding)?.slice(0, 16)).toBe('{"code":"first"}');
});

it('gives up on bombs, damage, unknown codings and lists, without throwing', () => {
  expect(decodeBody(gzipSync(Buffer.alloc(64 << 20)), 'gzip')).toBeUndefined();
  expect(decodeBody(Buffer.from('not gzip'), 'gzip')).toBeUndefined();
  expect(decodeBody(Buffer.from('x'), 'compress')).toBeUndefined();
  expect(decodeBody(Buffer.from('x'), '__proto__')).toBeUndefined();
  expect(decodeBody(gzipSync(gzipSync(gzipSync('x'))), 'gzip, gzip, gzip')).toBeUndefined();
  expect(decodeBody(Buffer.alloc(0), 'gzip')).toBeUndefined();
});

it('keeps at most 16 KiB of a body and 4 MiB in all, and gives the memory back', () => {
  const before = heldBytes();
  const one = new BodyCapture();
  for (let i = 0; i < 10; i++) one.add(Buffer.alloc(4096, 'x'));
  expect(one.truncated).toBe(true);
  expect(heldBytes() - before).toBe(BODY_LIMIT);
  const many = Array.from({ length: 400 }, () => new BodyCapture());
  for (const capture of many) capture.add(Buffer.alloc(BODY_LIMIT));
  expect(heldBytes()).toBeLessThanOrEqual(4 << 20);
  expect(one.take().length).toBe(BODY_LIMIT);
  for (const capture of many) capture.take();
  expect(heldBytes()).toBe(before);
  expect(one.take().length).toBe(0);
});

it('looks only into bodies that can be text', () => {
  for (const type of [undefined, '', 'application/problem+json; charset=utf-8', 'text/html', 'application/xml'])
    expect(readable(type)).toBe(true);
  for (const type of ['image/png', 'application/octet-stream', 'video/mp4']) expect(readable(type)).toBe(false);
});
