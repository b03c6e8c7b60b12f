import type { Tracker } from '../tracker.ts';
import type { UndiciCall } from './call.ts';

/**
 * A `fetch` aborted before its request was written: undici tells of it only when the connection has come to an end, seconds later. Its caller
 * sees it at once, and so do we: by a listener on the signal, for as long as the call has no connection.
 */
export class AbortWatch {
  private readonly onAbort: (call: UndiciCall) => void;

  constructor(tracker: Tracker) {
    this.onAbort = tracker.guard('undici.aborted', (call: UndiciCall) => {
      const deadlineMs = tracker.timers.deadlineOf(call.begun);
      if (!call.headersSent) tracker.end(call, { broken: true, deadlineMs });
    });
  }

  /** Most calls find a connection at once and need no listener. */
  start(call: UndiciCall): void {
    const { signal } = call;
    if (signal === undefined) return;
    queueMicrotask(() => {
      if (call.ended || call.headersSent || signal.aborted) return;
      const listener = () => this.onAbort(call);
      signal.addEventListener('abort', listener, { once: true });
      call.unlisten = () => signal.removeEventListener('abort', listener);
    });
  }
}
