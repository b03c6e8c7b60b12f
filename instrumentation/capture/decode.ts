import type * as Zlib from 'node:zlib';

/** Decoded output past this is cut: an answer that unpacks to more says nothing in its tail. */
const OUTPUT_LIMIT = 1024 * 1024;
const TEXT_LIMIT = 64 * 1024;
/** RFC 9110 §8.4 allows lists; more than two in a row is an attack. */
const MAX_CODINGS = 2;

/** Loaded with the first coded failure, not at start-up. */
const load = (): typeof Zlib => process.getBuiltinModule('node:zlib');

type Undo = (bytes: Buffer, maxOutputLength: number) => Buffer;
/** Sync flush at the end makes the start of a cut stream readable (zlib manual, Z_SYNC_FLUSH). */
const UNDO: Record<string, Undo> = {
  gzip: (b, maxOutputLength) => load().gunzipSync(b, { finishFlush: load().constants.Z_SYNC_FLUSH, maxOutputLength }),
  deflate: (b, maxOutputLength) => {
    const options = { finishFlush: load().constants.Z_SYNC_FLUSH, maxOutputLength };
    // RFC 9110 §8.4.1.2: zlib-wrapped by specification, raw from some servers. The low nibble 8 is zlib's method.
    return (b[0]! & 0x0f) === 8 ? load().inflateSync(b, options) : load().inflateRawSync(b, options);
  },
  br: (b, maxOutputLength) =>
    load().brotliDecompressSync(b, { finishFlush: load().constants.BROTLI_OPERATION_FLUSH, maxOutputLength }),
  zstd: (b, maxOutputLength) =>
    load().zstdDecompressSync(b, { finishFlush: load().constants.ZSTD_e_flush, maxOutputLength }),
};
UNDO['x-gzip'] = UNDO['gzip']!;

/** The bytes with their codings undone; undefined when one is unknown, damaged, or gives more than `limit` bytes. */
export function inflated(bytes: Buffer, contentEncoding: string, limit = OUTPUT_LIMIT): Buffer | undefined {
  const codings = contentEncoding
    .toLowerCase()
    .split(',')
    .map((c) => c.trim())
    .filter((c) => c !== '' && c !== 'identity');
  if (codings.length > MAX_CODINGS) return undefined;
  let at = bytes;
  for (const coding of codings.reverse()) {
    const undo = Object.hasOwn(UNDO, coding) ? UNDO[coding] : undefined;
    if (!undo || at.length === 0) return undefined;
    try {
      at = undo(at, limit);
    } catch {
      // a provider's damaged or cut coding: the body cannot be read
      return undefined;
    }
  }
  return at;
}

const textOf = (bytes: Buffer): string => bytes.toString('utf8', 0, Math.min(bytes.length, TEXT_LIMIT));

/** The text of a captured body; undefined when its coding is unknown or damaged. */
export function decodeBody(bytes: Buffer, contentEncoding: string | undefined): string | undefined {
  if (bytes.length === 0) return undefined;
  const plain = contentEncoding === undefined ? bytes : inflated(bytes, contentEncoding);
  return plain && textOf(plain);
}
