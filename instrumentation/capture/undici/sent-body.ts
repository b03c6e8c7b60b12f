import type { TrackedCall } from '../call.ts';
import type { Tracker } from '../tracker.ts';
import type { UndiciRequest } from './call.ts';

/** undici 7.11 and later tell every chunk they write. */
const CHANNEL = 'undici:request:bodyChunkSent';

type Writing = UndiciRequest & { onBodySent?: unknown };
const tellsChunks = new WeakMap<object, boolean>();

/** Does this copy of undici publish chunks? Read from the method that would. */
function publishes(request: Writing, method: unknown): boolean {
  const prototype = Object.getPrototypeOf(request) as object;
  let known = tellsChunks.get(prototype);
  if (known === undefined) {
    known = typeof method !== 'function' || Function.prototype.toString.call(method).includes('bodyChunkSent');
    tellsChunks.set(prototype, known);
  }
  return known;
}

/**
 * Sees the bytes of requests' bodies as undici writes them, whatever they came from. Returns what to call for every request with a body. Older
 * undici is seen through an own property of its request object, which applications never get to see.
 */
export function watchSentBodies(
  tracker: Tracker,
  callOf: (request: UndiciRequest) => TrackedCall | undefined,
): (request: UndiciRequest) => void {
  if (!tracker.requestBodies) return () => {};
  tracker.subscribe({
    [CHANNEL]: ({ request, chunk }: { request: UndiciRequest; chunk: unknown }) => callOf(request)?.addSent(chunk),
  });
  const onChunk = tracker.guard('undici.sent', function (this: UndiciRequest, chunk: unknown) {
    callOf(this)?.addSent(chunk);
  });
  return (request: Writing) => {
    const { onBodySent, body } = request;
    if (body === null || body === undefined || publishes(request, onBodySent)) return;
    Object.defineProperty(request, 'onBodySent', {
      configurable: true,
      writable: true,
      enumerable: false,
      value: function (this: Writing, ...args: unknown[]) {
        onChunk.call(this, args[0]);
        return Reflect.apply(onBodySent as () => unknown, this, args);
      },
    });
  };
}
