import type { Tracker } from '../tracker.ts';
import type { UndiciCall, UndiciRequest } from './call.ts';

/**
 * A `fetch` aborted before its request was written: undici tells of it only when the connection has come to an end, seconds later. Its caller
 * sees it at once, and so do we: by a listener on the signal, for as long as the call has no connection.
 */
export function watchAborts(tracker: Tracker): (call: UndiciCall) => void {
  const onAbort = tracker.guard('undici.aborted', (call: UndiciCall) => {
    const deadlineMs = tracker.timers.deadlineOf(call);
    if (!call.headersSent) tracker.end(call, { broken: true, deadlineMs });
  });
  return (call) => {
    const { signal } = call;
    if (signal === undefined) return;
    // most calls find a connection at once and need no listener
    queueMicrotask(() => {
      if (call.ended || call.headersSent || signal.aborted) return;
      const listener = () => onAbort(call);
      signal.addEventListener('abort', listener, { once: true });
      call.unlisten = () => signal.removeEventListener('abort', listener);
    });
  };
}

type Handler = Readonly<Partial<Record<'signal' | 'reason' | 'handler', unknown>>>;

/**
 * Why the caller aborted a failed undici request, undefined when it did not. undici's own API handlers keep the `signal` (6) or what
 * it gave as `reason` (7, 8); the request keeps its handler under a symbol described `handler`. Read on failure only; where a wrapper
 * hides it the error alone must tell.
 */
export function abortReasonOf(request: UndiciRequest): unknown {
  const symbol = Object.getOwnPropertySymbols(request).find(({ description }) => description === 'handler');
  let at = symbol && (request as unknown as Record<symbol, unknown>)[symbol];
  for (let depth = 0; depth < 4 && typeof at === 'object' && at !== null; depth++) {
    const { signal, reason, handler } = at as Handler;
    if (reason !== undefined && reason !== null && reason !== false) return reason;
    if (signal instanceof AbortSignal && signal.aborted) return signal.reason;
    at = handler;
  }
  return undefined;
}
