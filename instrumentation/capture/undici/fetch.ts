import { BAD_PORT, BAD_URL, fieldsOf } from '../../../src/error-kind.ts';
import { Memory } from '../../../src/memo.ts';
import { now } from '../../base/now.ts';
import { RUNTIME } from '../../base/runtime.ts';
import { forgetFrame, watched } from '../own-frame.ts';
import { type Library, type Method, replace } from '../patch.ts';
import { refused } from '../refused.ts';
import type { Tracker } from '../tracker.ts';

/** What one `fetch()` was given that undici's request no longer tells. */
interface FetchMade {
  readonly signal: AbortSignal | undefined;
  /** When `fetch` was called: the first loads undici, and its caller's timer runs already. */
  readonly atMs: number;
  /** The body is a stream, which no redirect can be followed with (Fetch standard §4.4 step 9). */
  readonly streams: boolean;
  readonly body: unknown;
  /** By `fetch`, not by undici's `request`. */
  readonly isFetch: boolean;
}

const making = Memory.part((): { fetch: FetchMade | undefined } => ({ fetch: undefined }));

/** The `fetch` whose call is being made in this very turn, once. */
export function takeFetch(): FetchMade | undefined {
  const made = making();
  const { fetch } = made;
  made.fetch = undefined;
  return fetch;
}

type Input = Readonly<Partial<Record<'url' | 'method' | 'signal' | 'body' | 'redirect', unknown>>>;

const signalOf = (input: unknown, init: Input | undefined): AbortSignal | undefined => {
  const signal = init?.signal ?? (typeof input === 'object' ? (input as Input | null)?.signal : undefined);
  return signal instanceof AbortSignal ? signal : undefined;
};

/** Refusals of `request` before, or between, requests of its own: arguments, a closed client, a look-up by an interceptor. */
const REFUSED = /^(?:UND_ERR_(?:INVALID_ARG|CLOSED|DESTROYED)|ENOTFOUND|EAI_\w+)$/;

/** An interceptor's own error, or a mock's: no attempt was made. */
function isForeign(error: unknown): boolean {
  const { cause } = (error ?? {}) as { cause?: unknown };
  const { code, message } = fieldsOf(cause);
  if (code !== '') return code.startsWith('UND_MOCK_');
  return cause !== undefined && !BAD_PORT.test(message) && !BAD_URL.test(message);
}

/**
 * `fetch` refuses some calls before undici has a request: bad URL, scheme, port, header, a signal already aborted. undici makes the
 * request within the call itself, so whenever one was made the application gets the very promise it always got; only for the others
 * a promise one microtask behind it. (A rejection cannot be watched from beside: it would count as handled.)
 * Returns what does the same for an installed undici, its `request` as well, as it is loaded.
 */
export function watchFetch(tracker: Tracker): Library {
  const made = making();
  const enter = tracker.guard('fetch', (args: unknown[], isFetch: boolean) => {
    const init = args[1] as Input | undefined;
    const body = init?.body;
    const streams = body instanceof ReadableStream && init?.redirect !== 'manual';
    made.fetch = { signal: signalOf(args[0], init), atMs: now(), streams, body, isFetch };
  });
  const tell = tracker.guard('fetch.refused', (args: unknown[], error: unknown, isFetch: boolean) => {
    if ((!isFetch && !REFUSED.test(fieldsOf(error).code)) || isForeign(error)) return;
    // an interceptor took its time, and its request was told
    if (tracker.wasTold(error) || tracker.wasTold((error as { cause?: unknown } | undefined)?.cause)) return;
    const [input, init] = args as [unknown, Input | undefined];
    const request = typeof input === 'object' && input !== null ? (input as Input) : undefined;
    const method = String(init?.method ?? request?.method ?? 'GET');
    refused(tracker, 'undici', method, String(request?.url ?? input), error, signalOf(input, init));
  });
  const watch = (original: Method, isFetch: boolean) =>
    watched(original, {
      enter: (args) => enter(args, isFetch),
      threw() {
        made.fetch = undefined;
      },
      returned(promise, args, above) {
        const isTaken = made.fetch === undefined;
        made.fetch = undefined;
        if (isTaken || !(promise instanceof Promise)) return promise;
        const frames = above();
        return promise.then(undefined, (error: unknown) => {
          forgetFrame(error, frames);
          tell(args, error, isFetch);
          throw error;
        });
      },
    });
  // Another runtime's own fetch makes no request of undici's that we know of: its failures alone would be told, of calls that are not
  if (RUNTIME.name === 'nodejs') tracker.onStop(replace(globalThis, 'fetch', (original) => watch(original, true)));
  if (globalThis.fetch !== undefined) ours.add(globalThis.fetch);
  return {
    request: /^undici$|[\\/]undici[\\/]index(?:-fetch)?\.js$/,
    holder: (exports) => exports,
    patch(exports) {
      for (const name of ['fetch', 'request'])
        tracker.onStop(replace(exports, name, (original) => watch(original, name === 'fetch')));
    },
  };
}

/** What the engines of this process have put in the place of `fetch`. */
const ours = new WeakSet<object>();

/** Has somebody put a `fetch` of their own before ours? */
export const isFetchWrapped = (): boolean => globalThis.fetch !== undefined && !ours.has(globalThis.fetch);
