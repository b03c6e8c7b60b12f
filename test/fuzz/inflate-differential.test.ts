import { constants, deflateRawSync, gunzipSync, gzipSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MODULE } from '../../collector/otlp/generated/inflate.ts';
import { type Exports, Inflater } from '../../collector/otlp/inflater.ts';
import { codesOf, completeCode, DeflateWriter } from '../support/deflate-writer.ts';
import { jsonBody, protobufBody, seeded, typicalBody } from '../support/otlp-spans.ts';

const LIMIT = 4 * 1024 * 1024;
const inflater = new Inflater();
const attempt = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};
/** A body's bytes as zlib sees them, undefined when it refuses. */
const zlib = (body: Buffer): Buffer | undefined => attempt(() => gunzipSync(body, { maxOutputLength: LIMIT }));

const raw = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(MODULE, 'base64'))).exports as Exports;
/** What the module makes of a deflate stream alone. */
function ownStream(stream: Buffer): Buffer | undefined {
  const memory = Buffer.from(raw.memory.buffer);
  memory.set(stream, raw.INPUT.value);
  const size = attempt(() => raw.inflate(0, stream.length, LIMIT)) ?? -1;
  return size < 0 ? undefined : memory.subarray(raw.OUTPUT.value, raw.OUTPUT.value + size);
}
/** What zlib makes of it, if it takes all of it. */
function zlibStream(stream: Buffer): Buffer | undefined {
  const options = { info: true, maxOutputLength: LIMIT };
  const { buffer, engine } = attempt(() => inflateRawSync(stream, options) as unknown as Informed) ?? {};
  return engine?.bytesWritten === stream.length ? buffer : undefined;
}
interface Informed {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** Text that compresses in every way: random bytes, runs, repetitions near and far, few letters of uneven frequency. */
const text: fc.Arbitrary<Buffer> = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 2000 })).map(([b, n]) => Buffer.alloc(n, b)),
      fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 60 }))
        .map(([b, n]) => Buffer.alloc(b.length * n, b)),
      fc.integer().map((seed) => uneven(seeded(seed))),
      fc.integer().map((seed) => Buffer.from(protobufBody(typicalBody(seeded(seed), 5)))),
      fc.integer().map((seed) => Buffer.from(jsonBody(typicalBody(seeded(seed), 3)))),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Buffer.concat(parts.length % 3 === 2 ? [...parts, ...parts] : parts));

/** Frequencies that halve from one letter to the next make a compressor's codes as long as they can be. */
const uneven = (random: () => number): Buffer =>
  Buffer.from(Array.from({ length: 20_000 }, () => Math.min(40, Math.floor(-Math.log2(random())))));

const options = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  strategy: fc.constantFrom(
    constants.Z_DEFAULT_STRATEGY,
    constants.Z_FILTERED,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
    constants.Z_FIXED,
  ),
  memLevel: fc.integer({ min: 1, max: 9 }),
  windowBits: fc.integer({ min: 9, max: 15 }),
});

describe('the inflater and node:zlib', () => {
  it('agree on whatever zlib has compressed', () => {
    fc.assert(
      fc.property(text, options, (bytes, how) => {
        const inflated = inflater.inflate(gzipSync(bytes, how), LIMIT);
        expect(inflated?.equals(bytes)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('agree on damaged bodies: what the inflater takes, zlib takes, and the bytes are the same', () => {
    const damage = fc.array(
      fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.constantFrom('set', 'cut', 'insert', 'end')),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(text, options, damage, (bytes, how, hits) => {
        let body: Buffer = gzipSync(bytes, how);
        for (const [at, value, kind] of hits) body = damaged(body, at % (body.length + 1), value, kind);
        const inflated = inflater.inflate(body, LIMIT);
        if (inflated) expect(zlib(body)?.equals(inflated)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('agree on damaged streams, which no checksum saves', () => {
    let taken = 0;
    let refused = 0;
    fc.assert(
      fc.property(text, options, fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, how, at, flip) => {
        const stream = deflateRawSync(bytes, how);
        // Near the head the codes are written.
        const hit = at % 2 === 0 ? at % stream.length : at % Math.min(stream.length, 120);
        stream[hit]! ^= flip;
        const whole = zlibStream(stream);
        const inflated = ownStream(stream);
        if (inflated) expect(whole?.equals(inflated)).toBe(true);
        if (inflated) taken++;
        if (!whole) refused++;
      }),
      { numRuns: 700 },
    );
    expect(Math.min(taken, refused)).toBeGreaterThan(50);
  });

  it.each([
    [286, 30, true],
    [287, 30, false],
    [288, 30, false],
    [286, 31, false],
    [286, 32, false],
  ])('agree on alphabets of %i literals and %i distances', (literals, offsets, sound) => {
    const codes = completeCode(seeded(9), literals, literals);
    const writer = new DeflateWriter();
    writer.head(true, codes, completeCode(seeded(9), offsets, offsets));
    for (const symbol of [65, 66, 256]) writer.symbol(codesOf(codes), symbol);
    expect(zlibStream(writer.done)?.toString()).toBe(sound ? 'AB' : undefined);
    expect(ownStream(writer.done)?.toString()).toBe(sound ? 'AB' : undefined);
  });

  it.each([false, true])('agree on a head that repeats what is not there: %s', (repeatFirst) => {
    const codes = [...Array(257).keys()].map((symbol) => (symbol === 65 || symbol === 256 ? 1 : 0));
    const writer = new DeflateWriter();
    writer.head(true, codes, [1, 1], repeatFirst);
    for (const symbol of [65, 65, 256]) writer.symbol(codesOf(codes), symbol);
    expect(zlibStream(writer.done)?.toString()).toBe(repeatFirst ? undefined : 'AA');
    expect(ownStream(writer.done)?.toString()).toBe(repeatFirst ? undefined : 'AA');
  });

  it('agree on codes that no compressor writes, and on codes that are none', () => {
    let taken = 0;
    let refused = 0;
    fc.assert(
      fc.property(fc.integer(), fc.boolean(), (seed, broken) => {
        const stream = ownBlocks(seeded(seed), broken);
        const whole = zlibStream(stream);
        const inflated = ownStream(stream);
        if (inflated || !broken) expect(whole !== undefined && inflated?.equals(whole)).toBe(true);
        if (inflated) taken++;
        if (!whole) refused++;
      }),
      { numRuns: 500 },
    );
    expect(Math.min(taken, refused)).toBeGreaterThan(50);
  });
});

function damaged(body: Buffer, at: number, value: number, kind: string): Buffer {
  const [before, after] = [body.subarray(0, at), body.subarray(at)];
  if (kind === 'end') return Buffer.from(before);
  const byte = Buffer.from([value]);
  return Buffer.concat([before, ...(kind === 'cut' ? [] : [byte]), kind === 'insert' ? after : after.subarray(1)]);
}

/** Blocks of random symbols in random complete codes; `broken`: with one code's length changed, or a distance that is too far. */
function ownBlocks(random: () => number, broken: boolean): Buffer {
  const writer = new DeflateWriter();
  const pick = (below: number): number => Math.floor(random() * below);
  const blocks = 1 + pick(3);
  let written = 0;
  for (let n = 1; n <= blocks; n++) {
    const literals = completeCode(random, 257 + pick(30), 2 + pick(200));
    const room = 2 + pick(29);
    const offsets = completeCode(random, room, 2 + pick(room - 1));
    if (literals[256] === 0) {
      const used = literals.findIndex((length) => length > 0);
      [literals[256], literals[used]] = [literals[used]!, 0];
    }
    const [literalCodes, offsetCodes] = [codesOf(literals), codesOf(offsets)];
    const wrong = [...literals];
    if (broken && random() < 0.7) wrong[pick(wrong.length)] = pick(16);
    writer.head(n === blocks, wrong, offsets);
    for (let i = 0; i < 300; i++) {
      const symbol = pick(literals.length);
      if (literals[symbol] === 0 || symbol === 256) continue;
      if (symbol < 256) {
        writer.symbol(literalCodes, symbol);
        written++;
        continue;
      }
      const offset = pick(offsets.length);
      const [base, extra] = offsetBase(offset);
      if (offsets[offset] === 0 || (base + 2 ** extra > written && !(broken && random() < 0.01))) continue;
      writer.symbol(literalCodes, symbol);
      const lengthExtra = symbol < 265 || symbol === 285 ? 0 : (symbol - 261) >> 2;
      writer.bits(pick(2 ** lengthExtra), lengthExtra);
      writer.symbol(offsetCodes, offset);
      writer.bits(pick(2 ** extra), extra);
      written += 3;
    }
    writer.symbol(literalCodes, 256);
  }
  return writer.done;
}

const offsetBase = (symbol: number): [base: number, extra: number] => {
  const extra = symbol < 4 ? 0 : (symbol >> 1) - 1;
  return symbol < 4 ? [symbol + 1, 0] : [1 + (2 + (symbol & 1)) * 2 ** extra, extra];
};
