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
 * Sees the bytes of requests' bodies as undici writes them, whatever they came from: all where bodies are wanted, else those of requests whose body
 * is not known, from the first on. Returns what to call for every request. Older undici is seen, where bodies are wanted, through an own property
 * of its request object, which applications never get to see.
 */
export function watchSentBodies(
  tracker: Tracker,
  callOf: (request: UndiciRequest) => TrackedCall | undefined,
): (request: UndiciRequest, isUnknown: boolean) => void {
  const { requestBodies } = tracker;
  let isSubscribed = false;
  const see = (request: UndiciRequest, chunk: unknown): void => {
    const call = callOf(request);
    if (requestBodies) call?.addSent(chunk);
    call?.pieces?.add(chunk);
  };
  const onChunk = tracker.guard('undici.sent', see);
  return (request: Writing, isUnknown) => {
    const { onBodySent, body } = request;
    if (body === null || body === undefined || !(requestBodies || isUnknown)) return;
    if (publishes(request, onBodySent)) {
      if (!isSubscribed)
        tracker.subscribe({
          [CHANNEL]: ({ request, chunk }: { request: UndiciRequest; chunk: unknown }) => see(request, chunk),
        });
      isSubscribed = true;
      return;
    }
    if (!requestBodies) return;
    Object.defineProperty(request, 'onBodySent', {
      configurable: true,
      writable: true,
      enumerable: false,
      value: function (this: Writing, ...args: unknown[]) {
        onChunk(this, args[0]);
        return Reflect.apply(onBodySent as () => unknown, this, args);
      },
    });
  };
}
