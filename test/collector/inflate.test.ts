import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { crc32, deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { BodyError } from '../../collector/body.ts';
import { LIMITS } from '../../collector/limits.ts';
import { MODULE } from '../../collector/otlp/generated/inflate.ts';
import { inflated } from '../../collector/otlp/inflate.ts';
import { type Exports, Inflater } from '../../collector/otlp/inflater.ts';
import { protobufBody, seeded, typicalBody } from '../support/otlp-spans.ts';

const MIB = 1024 * 1024;
const text = Buffer.from(protobufBody(typicalBody(seeded(7), 40)));
const plain = gzipSync(text);
const read = (body: Buffer, limit: number = LIMITS.bodyBytes): Buffer => inflated(body, limit, (b) => Buffer.from(b));
const wasm = (): Exports =>
  new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(MODULE, 'base64'))).exports as Exports;

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

describe('the inflater', () => {
  it('takes ordinary bodies of every size up to its room', () => {
    const inflater = new Inflater();
    for (const size of [0, 1, 100, 4799, 4800, 4801, 16_384, 100_000, 8 * MIB]) {
      const bytes = Buffer.alloc(size, text);
      expect(inflater.inflate(gzipSync(bytes), LIMITS.bodyBytes)?.equals(bytes), `${size} bytes`).toBe(true);
    }
  });

  it('leaves to zlib what is sound but rare, and that is inflated as well', () => {
    const inflater = new Inflater();
    const name = Buffer.from('spans.pb\0');
    const rare: Record<string, Buffer> = {
      'two members': Buffer.concat([plain, gzipSync('more')]),
      'a name': withFields(8, name),
      'a comment': withFields(16, name),
      'extra fields': withFields(4, Buffer.from([3, 0, 1, 2, 3])),
      'all of it, and its checksum': withFields(28, Buffer.concat([Buffer.from([1, 0, 7]), name, name]), true),
      'zeros behind it': Buffer.concat([plain, Buffer.alloc(9)]),
      'more than its room': gzipSync(Buffer.alloc(8 * MIB + 1, text)),
    };
    for (const [what, body] of Object.entries(rare)) {
      expect(inflater.inflate(body, LIMITS.bodyBytes), what).toBe(undefined);
      expect(read(body).equals(gunzipSync(body)), what).toBe(true);
    }
  });

  it('has zlib refuse what is cut off anywhere, goes on, or has a trailer that does not fit', () => {
    const broken = Array.from({ length: plain.length / 5 }, (_, n) => plain.subarray(0, n * 5));
    broken.push(Buffer.concat([plain, Buffer.from('more')]));
    for (let at = plain.length - 8; at < plain.length; at++)
      for (const flip of [1, 128]) {
        const body = Buffer.from(plain);
        body[at]! ^= flip;
        broken.push(body);
      }
    for (const body of broken)
      expect(() => read(body, 2 * text.length)).toThrow(new BodyError(400, 'the body is not sound gzip'));
  });

  it('has zlib refuse what is larger than the limit', () => {
    expect(() => read(plain, text.length - 1)).toThrow(
      new BodyError(413, `a body may have ${text.length - 1} bytes after inflation`),
    );
    expect(read(plain, text.length).equals(text)).toBe(true);
  });

  it('has memory of one size, in which its parts fit', () => {
    const { memory, MEMORY_END, ...module } = wasm();
    const { byteLength } = memory.buffer;
    expect(MEMORY_END.value).toBeLessThanOrEqual(byteLength);
    expect(byteLength).toBeLessThan(12 * MIB);
    expect(() => memory.grow(1)).toThrow(RangeError);
    // Nothing but zeros are blocks without an end; nothing but ones, none at all.
    for (const byte of [0, 255, 2, 4, 6])
      for (const room of [0, 1000, module.OUTPUT_ROOM.value]) {
        Buffer.from(memory.buffer).fill(byte, module.INPUT.value, module.INPUT.value + module.INPUT_ROOM.value);
        const inflate = () => module.inflate(0, module.INPUT_ROOM.value, room);
        expect([-1, 'trap']).toContain(attempt(inflate));
      }
  });

  it('stops where the trailer says that the output ends', () => {
    const { memory, INPUT, OUTPUT, inflate } = wasm();
    const stream = deflateRawSync(Buffer.alloc(MIB, 'x'));
    const bytes = Buffer.from(memory.buffer);
    bytes.set(stream, INPUT.value);
    expect(inflate(0, stream.length, 100)).toBe(-1);
    expect(bytes.subarray(OUTPUT.value).lastIndexOf('x')).toBeLessThan(100 + 512);
  });

  it('has a checksum that is CRC-32', () => {
    const { memory, OUTPUT, crc } = wasm();
    const random = seeded(8);
    const bytes = Buffer.from(Array.from({ length: 60_000 }, () => Math.floor(random() * 256)));
    Buffer.from(memory.buffer).set(bytes, OUTPUT.value);
    const lengths = [
      ...Array(70).keys(),
      ...[4800, 4832, 16_384, 18_784, 32_768, 35_168].flatMap((n) => [...Array(40).keys()].map((i) => n - 20 + i)),
      60_000,
    ];
    for (const length of lengths)
      expect(crc(OUTPUT.value, length) >>> 0, `${length} bytes`).toBe(crc32(bytes.subarray(0, length)));
  });

  it('is small', () => {
    expect(Buffer.from(MODULE, 'base64').length).toBeLessThan(8 * 1024);
  });
});

it('inflates without WebAssembly, too', () => {
  const script = `
    import { inflated } from './collector/otlp/inflate.ts';
    import { gzipSync } from 'node:zlib';
    console.log(typeof WebAssembly, inflated(gzipSync('text'), 100, String));
  `;
  const bundle = buildSync({
    stdin: { contents: script, resolveDir: join(import.meta.dirname, '../..') },
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  });
  for (const [flags, expected] of [
    [[], 'object text\n'],
    [['--jitless'], 'undefined text\n'],
  ] as const) {
    const args = [...flags, '--input-type=module', '--eval', bundle.outputFiles[0]!.text];
    const ran = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(ran.stdout, ran.stderr).toBe(expected);
  }
});

function attempt(inflate: () => number): number | 'trap' {
  try {
    return inflate();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return 'trap';
    throw error;
  }
}
