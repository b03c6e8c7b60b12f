import type { IncomingMessage, ServerResponse } from 'node:http';
import { CONTENT_TYPE, type Encoding, responseOf, type Signal, type Taken } from './signals.ts';
import { type Refusal, statusBody } from './status.ts';

/** By this a preload knows that failures may come twice here; see `docs/coexistence.md`. */
export const OURS = { 'faultlayer-collector': '1' } as const;

/** Answers 200. Text goes out in one write with the headers; bytes take a second one. */
export function accept(res: ServerResponse, signal: Signal, encoding: Encoding, taken: Taken): void {
  const body = responseOf(signal, encoding, taken);
  res.writeHead(200, { ...OURS, 'content-type': CONTENT_TYPE[encoding], 'content-length': body.length });
  if (body.length === 0) res.end();
  else res.end(encoding === 'json' ? Buffer.from(body).toString() : body);
}

/** A sender that is still writing gets this long, and this much is thrown away, before the connection is closed on it. */
const LINGER_MS = 500;
const LINGER_BYTES = 1024 * 1024;

/**
 * Sends a refusal. When the body has not been read, what still comes is thrown away for a moment: closing at once would reset the
 * connection, and the sender would see that instead of the status.
 */
export function refuse(
  req: IncomingMessage,
  res: ServerResponse,
  encoding: Encoding,
  { status, message, headers }: Refusal,
): void {
  const body = statusBody(encoding, status, message);
  const closing = req.complete ? {} : { connection: 'close' };
  res.writeHead(status, {
    'content-type': CONTENT_TYPE[encoding],
    'content-length': body.length,
    ...closing,
    ...headers,
  });
  if (req.complete) {
    res.end(body);
    return;
  }
  res.write(body);
  let left = LINGER_BYTES;
  const timer = setTimeout(() => res.end(), LINGER_MS);
  const done = (): void => {
    clearTimeout(timer);
    res.end();
  };
  req.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) done();
  });
  req.on('end', done);
  req.on('close', done);
}
