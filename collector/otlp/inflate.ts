import { gunzipSync } from 'node:zlib';
import { BodyError } from '../body.ts';

/** Deflate cannot do better than this (RFC 1951: 258 bytes from 2 bits), so a larger declared size is a lie. */
const BEST_RATIO = 1032;
const EMPTY = 1024;

/** Inflates a gzip body of at most `limit` bytes. The trailer's size saves growing the output; it is only believed as far as deflate can go. */
export function inflate(body: Buffer, limit: number): Buffer {
  const declared = body.length >= 18 ? body.readUInt32LE(body.length - 4) : 0;
  const chunkSize = Math.max(EMPTY, Math.min(declared + 1, body.length * BEST_RATIO, limit + 1));
  try {
    return gunzipSync(body, { maxOutputLength: limit, chunkSize });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new BodyError(413, `a body may have ${limit} bytes after inflation`);
    throw new BodyError(400, 'the body is not sound gzip');
  }
}
