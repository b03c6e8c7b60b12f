import { fieldsOf } from '../../../src/raised.ts';
import { beside } from '../../base/beside.ts';
import { now } from '../../base/now.ts';
import type { Library } from '../libraries/loaded.ts';
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
  /** By `fetch`, not by undici's `request`. */
  isFetch?: boolean;
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

type Call = typeof fetch;

/** Refusals of `request` before, or between, requests of its own: arguments, a closed client, a look-up by an interceptor. */
const REFUSED = /^(?:UND_ERR_(?:INVALID_ARG|CLOSED|DESTROYED)|ENOTFOUND|EAI_\w+)$/;

/**
 * `fetch` refuses some calls before undici has a request: bad URL, scheme, port, header, a signal already aborted. undici makes the
 * request within the call itself, so whenever one was made the application gets the very promise it always got; only for the others
 * a promise one microtask behind it. (A rejection cannot be watched from beside: it would count as handled.)
 * Returns what does the same for an installed undici, its `request` as well, as it is loaded.
 */
export function watchFetch(tracker: Tracker): Library {
  const enter = tracker.guard('fetch', (args: unknown[]) => {
    const init = args[1] as Input | undefined;
    const body = init?.body;
    const streams = body instanceof ReadableStream && init?.redirect !== 'manual';
    current = { signal: signalOf(args[0], init), atMs: now(), streams, body };
  });
  const tell = tracker.guard('fetch.refused', (args: unknown[], error: unknown, isFetch: boolean) => {
    const { code } = fieldsOf(error);
    if (!isFetch && !REFUSED.test(code)) return;
    // an interceptor took its time, and its request was told
    if (tracker.wasTold(error) || tracker.wasTold((error as { cause?: unknown } | undefined)?.cause)) return;
    const [input, init] = args as [unknown, Input | undefined];
    const request = typeof input === 'object' && input !== null ? (input as Input) : undefined;
    const method = init?.method ?? request?.method ?? 'GET';
    const url = String(request?.url ?? input);
    refused(tracker, 'undici', String(method), url, error, signalOf(input, init));
  });
  const watched = (original: Call, isFetch: boolean): Call => {
    const call = (target: Call, self: unknown, args: unknown[]): unknown => {
      enter(args);
      const made = current;
      if (made) made.isFetch = isFetch;
      const limit = raiseLimit();
      let promise: Promise<Response>;
      try {
        promise = Reflect.apply(target, self, args as Parameters<Call>);
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
        tell(args, error, isFetch);
        throw error;
      });
    };
    return new Proxy(original, { apply: call });
  };
  const own = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
  installed = own && replace(tracker, globalThis, 'fetch', (original) => watched(original, true));
  tracker.onStop(() => {
    installed = undefined;
  });
  const known = beside<object, true>();
  return {
    request: /^undici$|[\\/]undici[\\/]index(?:-fetch)?\.js$/,
    seen(exports) {
      if (typeof exports !== 'object' || exports === null || known.has(exports)) return;
      known.set(exports, true);
      for (const name of ['fetch', 'request']) replace(tracker, exports, name, (it) => watched(it, name === 'fetch'));
    },
  };
}

let installed: Call | undefined;

/** Has somebody put a `fetch` of their own before ours? */
export const isFetchWrapped = (): boolean => installed !== undefined && globalThis.fetch !== installed;

/** Puts a function before another, until capture stops. */
function replace(tracker: Tracker, holder: object, name: string, wrap: (original: Call) => Call): Call | undefined {
  const descriptor = Object.getOwnPropertyDescriptor(holder, name);
  const original = descriptor?.value as Call | undefined;
  if (typeof original !== 'function' || !descriptor?.configurable) return undefined;
  const value = wrap(original);
  Object.defineProperty(holder, name, { ...descriptor, value });
  tracker.onStop(() => {
    if (Object.getOwnPropertyDescriptor(holder, name)?.value === value) Object.defineProperty(holder, name, descriptor);
  });
  return value;
}
