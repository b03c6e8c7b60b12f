import { now } from '../../base/now.ts';
import { forgetFrame, framesAbove, raiseLimit, restoreLimit } from '../own-frame.ts';
import { refused } from '../refused.ts';
import type { Tracker } from '../tracker.ts';

/** What one `fetch()` was given that undici's request no longer tells. */
export interface FetchMade {
  readonly signal: AbortSignal | undefined;
  /** When `fetch` was called: the first loads undici, and its caller's timer runs already. */
  readonly atMs: number;
  /** The body is a stream, which no redirect can be followed with (Fetch standard §4.4 step 9). */
  readonly streams: boolean;
  readonly body: unknown;
}

let current: FetchMade | undefined;

/** The `fetch` whose call is being made in this very turn, once. */
export function takeFetch(): FetchMade | undefined {
  const made = current;
  current = undefined;
  return made;
}

interface Input {
  readonly url?: unknown;
  readonly method?: unknown;
  readonly signal?: unknown;
  readonly body?: unknown;
  readonly redirect?: unknown;
}

const signalOf = (input: unknown, init: Input | undefined): AbortSignal | undefined => {
  const signal = init?.signal ?? (typeof input === 'object' ? (input as Input | null)?.signal : undefined);
  return signal instanceof AbortSignal ? signal : undefined;
};

/**
 * `fetch` refuses some calls before undici has a request: bad URL, scheme, port, header, a signal already aborted. undici makes the
 * request within the call itself, so whenever one was made the application gets the very promise it always got; only for the others
 * a promise one microtask behind it. (A rejection cannot be watched from beside: it would count as handled.)
 */
export function watchFetch(tracker: Tracker): void {
  const enter = tracker.guard('fetch', (args: unknown[]) => {
    const init = args[1] as Input | undefined;
    const body = init?.body;
    const streams = body instanceof ReadableStream && init?.redirect !== 'manual';
    current = { signal: signalOf(args[0], init), atMs: now(), streams, body };
  });
  const tell = tracker.guard('fetch.refused', (args: unknown[], error: unknown) => {
    const [input, init] = args as [unknown, Input | undefined];
    const request = typeof input === 'object' && input !== null ? (input as Input) : undefined;
    const method = init?.method ?? request?.method ?? 'GET';
    refused(tracker, 'undici', String(method), String(request?.url ?? input), error, signalOf(input, init));
  });
  const call = (target: typeof fetch, self: unknown, args: unknown[]): unknown => {
    enter(args);
    const made = current;
    const limit = raiseLimit();
    let promise: Promise<Response>;
    try {
      promise = Reflect.apply(target, self, args as Parameters<typeof fetch>);
    } finally {
      restoreLimit(limit);
    }
    if (made === undefined || current !== made || !(promise instanceof Promise)) {
      current = undefined;
      return promise;
    }
    current = undefined;
    const above = framesAbove(call);
    return promise.then(undefined, (error: unknown) => {
      forgetFrame(error, above);
      tell(args, error);
      throw error;
    });
  };
  tracker.onStop(keep({ apply: call }));
}

let installed: typeof fetch | undefined;

/** Has somebody put a `fetch` of their own before ours? */
export const isFetchWrapped = (): boolean => installed !== undefined && globalThis.fetch !== installed;

/** Returns what undoes it. */
function keep(traps: ProxyHandler<typeof fetch>): () => void {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
  const original = descriptor?.value as typeof fetch | undefined;
  if (typeof original !== 'function' || !descriptor?.configurable) return () => {};
  const wrapper = new Proxy(original, traps);
  Object.defineProperty(globalThis, 'fetch', { ...descriptor, value: wrapper });
  installed = wrapper;
  return () => {
    installed = undefined;
    if (globalThis.fetch === wrapper) Object.defineProperty(globalThis, 'fetch', descriptor);
  };
}
