import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { LIMITS } from '../limits.ts';

/** Buffers of finished bodies, by power of two, so that a body does not cost fresh pages each time. */
const KEPT_PER_SIZE = 4;
const LARGEST_KEPT = 4 * 1024 * 1024;
const pools = new Map<number, Buffer[]>();

const sizeFor = (bytes: number): number => 2 ** Math.max(12, Math.ceil(Math.log2(bytes)));

function takeBuffer(bytes: number): Buffer {
  const size = sizeFor(bytes);
  return pools.get(size)?.pop() ?? Buffer.allocUnsafeSlow(size);
}

/** Gives a buffer back; nobody may hold on to its bytes. */
function giveBuffer(buffer: Buffer): void {
  const pool = pools.get(buffer.length) ?? [];
  pools.set(buffer.length, pool);
  if (buffer.length <= LARGEST_KEPT && pool.length < KEPT_PER_SIZE) pool.push(buffer);
  else release(buffer);
}

/** A request that is not taken, by the HTTP status that says why; gRPC has a code for each. */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.headers = status === 503 ? { 'retry-after': String(LIMITS.retryAfterSeconds), ...headers } : headers;
  }
}

/**
 * Frees a buffer's memory now. Left to the garbage collector, the chunks that large bodies come in are what it mostly runs for: a
 * full collection ten times a second, a third of all CPU. Buffers that share Node's pool are at most half of it, and left alone.
 */
export function release({ buffer, length }: Buffer): void {
  if (length * 2 > buffer.byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

const NOTHING = Buffer.alloc(0);

/** A request of node:http, or a stream of node:http2. */
export interface Source extends Readable {
  readonly headers?: IncomingHttpHeaders;
}

/** Bytes of bodies being received, over all requests. */
export const inFlight = { bytes: 0 };

/**
 * Reads a request body of at most `limit` bytes, as the one chunk it came in or gathered in a pooled buffer, and hands it to `done`, which may not
 * keep it. Refuses with 413 as soon as the limit is passed, 503 when all bodies together hold too much, 400 when the sender goes away. HTTP/2
 * hands out pieces of one buffer, which are not its own to free: `ownChunks` is false there.
 */
export function readBody(
  req: Source,
  limit: number,
  ownChunks: boolean,
  done: (bytes: Buffer, refusal: Refusal | undefined) => void,
): void {
  const declared = Number(req.headers?.['content-length'] ?? 0);
  if (declared > limit) {
    done(NOTHING, new Refusal(413, `a body may have ${limit} bytes`));
    return;
  }
  let whole: Buffer | undefined;
  let buffer: Buffer | undefined;
  let length = 0;
  let settled = false;
  const settle = (refusal?: Refusal): void => {
    if (settled) return;
    settled = true;
    if (buffer) inFlight.bytes -= buffer.length;
    try {
      done(whole ?? buffer?.subarray(0, length) ?? NOTHING, refusal);
    } finally {
      if (buffer) giveBuffer(buffer);
      if (whole) release(whole);
    }
  };
  const gather = (chunk: Buffer): void => {
    const need = length + chunk.length;
    if (buffer === undefined || need > buffer.length) {
      // A declared length is not believed beyond 1 MiB before bytes have come.
      const wanted = buffer ? buffer.length * 2 : Math.min(declared, 1024 * 1024);
      const larger = takeBuffer(Math.min(Math.max(wanted, need), sizeFor(limit)));
      const held = buffer?.length ?? 0;
      if (inFlight.bytes + larger.length - held > LIMITS.inFlightBytes) {
        giveBuffer(larger);
        settle(new Refusal(503, 'too many bodies at once'));
        return;
      }
      inFlight.bytes += larger.length - held;
      if (buffer) {
        buffer.copy(larger, 0, 0, length);
        giveBuffer(buffer);
      }
      buffer = larger;
    }
    chunk.copy(buffer, length);
    length = need;
    if (ownChunks) release(chunk);
  };
  const lost = (): void => settle(new Refusal(400, 'the sender went away'));
  req.on('data', (chunk: Buffer) => {
    if (settled) return;
    if (length + chunk.length > limit) settle(new Refusal(413, `a body may have ${limit} bytes`));
    else if (ownChunks && chunk.length === declared) whole = chunk;
    else gather(chunk);
  });
  req.on('end', () => settle());
  req.on('aborted', lost);
  req.on('error', lost);
}
