import { now } from './base/now.ts';

/** Contract §5: a finished process is never held longer than a second; the rest is left for Node's own way out. */
export const EXIT_BUDGET_MS = 800;

export interface Flushable {
  /** Ends what is still open, before the last export. */
  drain(): void;
  flush(): Promise<void>;
  /** Ends what has failed, tells what is open, and sends all of it synchronously, until `until` (monotonic ms) at most. */
  finish(until: number): void;
  readonly pending: number;
}

/**
 * Sends what is left when the event loop has run dry, at `process.exit` or an uncaught error, too. Signals
 * stay with the application: a listener would stop SIGTERM from ending it.
 * The budget is for all turns together: an application that revives itself in `beforeExit` does not renew it.
 * @returns a function that takes the hook away
 */
export function flushAtExit(parts: Flushable, budgetMs = EXIT_BUDGET_MS): () => void {
  let left = budgetMs;
  const onExit = () => parts.finish(now() + Math.max(0, left));
  const onBeforeExit = () => {
    if (left <= 0) return;
    parts.drain();
    if (parts.pending === 0) return;
    // to wait is to run the loop once more, and the application's own listeners with it
    if (process.listenerCount('beforeExit') > 1) {
      onExit();
      return;
    }
    const began = now();
    const hold = setTimeout(() => {
      left = 0;
    }, left);
    const release = () => {
      clearTimeout(hold);
      left -= now() - began;
    };
    parts.flush().then(release, release);
  };
  process.on('beforeExit', onBeforeExit);
  process.on('exit', onExit);
  return () => {
    process.off('beforeExit', onBeforeExit);
    process.off('exit', onExit);
  };
}
