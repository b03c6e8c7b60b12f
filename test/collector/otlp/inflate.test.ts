import { crc32, gunzipSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { Refusal } from '../../../collector/base/body.ts';
import { LIMITS } from '../../../collector/limits.ts';
import { inflated } from '../../../collector/otlp/inflate.ts';
import { protobufBody, seeded, typicalBody } from '../../support/otlp-spans.ts';

const text = Buffer.from(protobufBody(typicalBody(seeded(7), 40)));
const plain = gzipSync(text);
const read = (body: Buffer, limit: number = LIMITS.bodyBytes): Buffer => inflated(body, limit, (b) => Buffer.from(b));

/** The same member with header fields (RFC 1952, 2.3.1), the header's own checksum among them if asked for. */
function withFields(flags: number, fields: Buffer, checked = false): Buffer {
  const head = Buffer.concat([
    plain.subarray(0, 3),
    Buffer.from([flags | (checked ? 2 : 0)]),
    plain.subarray(4, 10),
    fields,
  ]);
  const sum = Buffer.alloc(checked ? 2 : 0);
  if (checked) sum.writeUInt16LE(crc32(head) & 0xffff);
  return Buffer.concat([head, sum, plain.subarray(10)]);
}

it('inflates whatever shape of gzip is sound', () => {
  const name = Buffer.from('spans.pb\0');
  const sound: Record<string, Buffer> = {
    'an empty body': gzipSync(''),
    'an ordinary one': plain,
    'two members': Buffer.concat([plain, gzipSync('more')]),
    'a name': withFields(8, name),
    'a comment': withFields(16, name),
    'extra fields': withFields(4, Buffer.from([3, 0, 1, 2, 3])),
    'all of it, and its checksum': withFields(28, Buffer.concat([Buffer.from([1, 0, 7]), name, name]), true),
    'zeros behind it': Buffer.concat([plain, Buffer.alloc(9)]),
  };
  for (const [what, body] of Object.entries(sound)) expect(read(body).equals(gunzipSync(body)), what).toBe(true);
});

it('refuses what is cut off anywhere, goes on, or has a trailer that does not fit', () => {
  const broken = Array.from({ length: plain.length / 5 }, (_, n) => plain.subarray(0, n * 5));
  broken.push(Buffer.concat([plain, Buffer.from('more')]));
  for (let at = plain.length - 8; at < plain.length; at++)
    for (const flip of [1, 128]) {
      const body = Buffer.from(plain);
      body[at]! ^= flip;
      broken.push(body);
    }
  for (const body of broken)
    expect(() => read(body, 2 * text.length)).toThrow(new Refusal(400, 'the body is not sound gzip'));
});

it('refuses what is larger than the limit once inflated', () => {
  expect(() => read(plain, text.length - 1)).toThrow(
    new Refusal(413, `a body may have ${text.length - 1} bytes after inflation`),
  );
  expect(read(plain, text.length).equals(text)).toBe(true);
});
