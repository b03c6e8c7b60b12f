import type { IncomingMessage } from 'node:http';

/** Buffers of finished bodies, by power of two, so that a body does not cost fresh pages each time. */
const KEPT_PER_SIZE = 4;
const LARGEST_KEPT = 4 * 1024 * 1024;
const pools = new Map<number, Buffer[]>();

const sizeFor = (bytes: number): number => 2 ** Math.max(12, Math.ceil(Math.log2(bytes)));

export function takeBuffer(bytes: number): Buffer {
  const size = sizeFor(bytes);
  return pools.get(size)?.pop() ?? Buffer.allocUnsafeSlow(size);
}

/** Gives a buffer back; nobody may hold on to its bytes. */
export function giveBuffer(buffer: Buffer): void {
  if (buffer.length > LARGEST_KEPT) return;
  const pool = pools.get(buffer.length) ?? [];
  pools.set(buffer.length, pool);
  if (pool.length < KEPT_PER_SIZE) pool.push(buffer);
}

export class BodyError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface Body {
  /** The pooled buffer; give it back. */
  readonly buffer: Buffer;
  readonly length: number;
}

/** Bytes of bodies being received, over all requests. */
export const inFlight = { bytes: 0 };

/**
 * Reads a request body of at most `limit` bytes into a pooled buffer. Rejects with BodyError 413 as soon as the limit is passed,
 * 503 when all bodies together hold too much, 400 when the sender goes away.
 */
export function readBody(req: IncomingMessage, limit: number, allLimit: number): Promise<Body> {
  return new Promise((resolve, reject) => {
    const declared = Number(req.headers['content-length'] ?? 0);
    if (declared > limit) return reject(new BodyError(413, `a body may have ${limit} bytes`));
    // A declared length is not believed beyond 1 MiB before bytes have come.
    let buffer = takeBuffer(Math.max(1024, Math.min(declared, 1024 * 1024)));
    let length = 0;
    let settled = false;
    const account = (bytes: number): void => {
      inFlight.bytes += bytes;
    };
    account(buffer.length);
    const done = (error?: BodyError): void => {
      if (settled) return;
      settled = true;
      account(-buffer.length);
      if (error) {
        giveBuffer(buffer);
        reject(error);
      } else resolve({ buffer, length });
    };
    req.on('data', (chunk: Buffer) => {
      if (settled) return;
      if (length + chunk.length > limit) return done(new BodyError(413, `a body may have ${limit} bytes`));
      if (length + chunk.length > buffer.length) {
        const larger = takeBuffer(Math.min(Math.max(buffer.length * 2, length + chunk.length), sizeFor(limit)));
        if (inFlight.bytes + larger.length - buffer.length > allLimit) {
          giveBuffer(larger);
          return done(new BodyError(503, 'too many bodies at once'));
        }
        account(larger.length - buffer.length);
        buffer.copy(larger, 0, 0, length);
        giveBuffer(buffer);
        buffer = larger;
      }
      chunk.copy(buffer, length);
      length += chunk.length;
    });
    req.on('end', () => done());
    req.on('aborted', () => done(new BodyError(400, 'the sender went away')));
    req.on('error', () => done(new BodyError(400, 'the sender went away')));
  });
}
