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
