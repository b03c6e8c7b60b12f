import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Call } from './call.ts';
import { before } from './patch.ts';
import type { Tracker } from './tracker.ts';

/**
 * Sees what node's parser pushes into one answer: before any reader, without a listener, without touching the stream's mode, also
 * when nobody ever reads. An own property that nothing enumerates, on answers worth keeping only.
 * `complete` says at the last push whether the answer is whole; the call then ends there.
 */
export function watchPush(tracker: Tracker, call: Call, answer: Readable, complete: () => boolean): void {
  const see = (_: unknown, [chunk, encoding]: unknown[]) => {
    if (chunk instanceof Uint8Array) call.onChunk(chunk);
    else if (typeof chunk === 'string') call.onChunk(Buffer.from(chunk, encoding as BufferEncoding));
    else if ((chunk ?? undefined) === undefined && complete()) tracker.end(call);
  };
  before(answer, 'push', tracker.guard('push', see));
}

/** Where node's HTTP parser has what it calls with each piece of a body (lib/_http_common.js, `kOnBody`). */
const ON_BODY = 3;
type OnBody = (this: Parser, bytes: Buffer) => unknown;
type Parser = { incoming: IncomingMessage | null; [ON_BODY]: OnBody };

/**
 * Sees the pieces of one answer as node's parser hands them on; bench/streams.ts has the cost. The parser serves one
 * answer after another, so what it had is put back when the call ends or another answer comes. Returns whether this node has it where we look.
 */
export function watchParser(tracker: Tracker, call: Call, answer: IncomingMessage): boolean {
  // an answer that failed ends with its last piece, whoever reads it
  if (call.reader === undefined) return false;
  const { parser } = answer.socket as unknown as { parser?: Parser | null };
  const original = parser?.[ON_BODY];
  if (!parser || original?.name !== 'parserOnBody' || original.length !== 1) return false;
  const own: OnBody = function (bytes) {
    // a piece of a stream is the dearest place to be in: no list of arguments is made here
    if (this.incoming !== answer) restore();
    else {
      try {
        call.onChunk(bytes);
      } catch (error) {
        restore();
        tracker.guards.fault('parser', error);
      }
    }
    return original.call(this, bytes);
  };
  const restore = (): void => {
    if (parser[ON_BODY] === own) parser[ON_BODY] = original;
  };
  parser[ON_BODY] = own;
  call.unwatch = restore;
  return true;
}
