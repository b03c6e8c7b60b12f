import { gunzipSync } from 'node:zlib';
import { Refusal } from '../base/body.ts';

/** Deflate cannot do better than this (RFC 1951: 258 bytes from 2 bits), so a larger declared size is a lie. */
const BEST_RATIO = 1032;
/** Below this Node takes output from its shared pool, whose slabs only the garbage collector frees: one for every few small bodies. */
const UNPOOLED = (Buffer.poolSize >>> 1) + 1;
/** A slab of that pool; from Node 26 on it is a little larger than `Buffer.poolSize`. */
const SLAB = Buffer.allocUnsafe(1).buffer.byteLength;

/** Inflates a gzip body of at most `limit` bytes and hands it to `read`, which must not keep it. Throws Refusal. */
export function inflated<T>(body: Buffer, limit: number, read: (bytes: Buffer) => T): T {
  const bytes = inflate(body, limit);
  try {
    return read(bytes);
  } finally {
    discard(bytes);
  }
}

/** The trailer's size saves growing the output; it is only believed as far as deflate can go. */
export function inflate(body: Buffer, limit: number): Buffer {
  const declared = body.length >= 18 ? body.readUInt32LE(body.length - 4) : 0;
  const room = Math.max(UNPOOLED, Math.min(declared + 1, body.length * BEST_RATIO, limit + 1));
  try {
    // One byte more than a slab, so that the two can be told apart.
    return gunzipSync(body, { maxOutputLength: limit, chunkSize: room === SLAB ? room + 1 : room });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new Refusal(413, `a body may have ${limit} bytes after inflation`);
    throw new Refusal(400, 'the body is not sound gzip');
  }
}

/** Frees zlib's output now, as `release` does; never a slab, which output of several pieces may stand in. */
export function discard({ buffer }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= UNPOOLED && buffer.byteLength !== SLAB) buffer.transfer(0);
}
