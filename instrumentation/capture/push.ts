import type { Readable } from 'node:stream';
import type { TrackedCall } from './call.ts';
import type { Tracker } from './tracker.ts';

/**
 * Sees what node's parser pushes into one answer: before any reader, without a listener, without touching the stream's mode, also
 * when nobody ever reads. An own property that nothing enumerates, on answers worth keeping only.
 * `complete` says at the last push whether the answer is whole; the call then ends there.
 */
export function watchPush(tracker: Tracker, call: TrackedCall, answer: Readable, complete: () => boolean): void {
  const { push } = answer;
  const see = tracker.guard('push', (chunk: unknown, encoding: unknown) => {
    if (chunk instanceof Uint8Array) call.onChunk(chunk);
    else if (typeof chunk === 'string') call.onChunk(Buffer.from(chunk, encoding as BufferEncoding));
    else if ((chunk ?? undefined) === undefined && complete()) tracker.end(call);
  });
  Object.defineProperty(answer, 'push', {
    configurable: true,
    writable: true,
    enumerable: false,
    value: function (this: Readable, ...args: unknown[]) {
      see(args[0], args[1]);
      return Reflect.apply(push, this, args);
    },
  });
}
