import { executionAsyncId, executionAsyncResource } from 'node:async_hooks';
import { now } from '../base/now.ts';

/** What Node's timers keep; neither field is documented, so both are asked for. */
type TimerFields = { readonly _idleTimeout?: unknown; readonly _idleStart?: unknown; readonly _repeat?: unknown };

/** A timer set this long before its call is still the call's own, or a tenth of its delay; in milliseconds. */
const BEFORE_MS = 50;
/** One that was set later, and not in the call's own turn, waited for something else: a newer search, a page that is left. */
const AFTER_MS = 40;

/** The turn that runs now; 0 if nobody knows. */
export const currentTurn = executionAsyncId;

/** In which turn a timer was set. */
function turnOf(timer: object): unknown {
  const symbol = Object.getOwnPropertySymbols(timer).find(({ description }) => description === 'triggerId');
  return symbol && (timer as Record<symbol, unknown>)[symbol];
}

/**
 * Is it a timer that ends a call? Where a call is ended in a timer's own callback, that timer is the executing asynchronous resource. It is the
 * call's deadline if it was set when the call began; a debounce, a hedge or an unmount sets its own at another time.
 */
export class Timers {
  /** `performance.now()` minus the loop's clock, which timers are set by. */
  private offset: number | undefined;

  /** Compares the clocks by a timer that was made just now. */
  compare(timer: NodeJS.Timeout): void {
    const { _idleStart } = timer as TimerFields;
    if (typeof _idleStart === 'number') this.offset = now() - _idleStart;
  }

  /** The delay of the timer that is ending a call right now, in milliseconds; undefined if none is, or it is none of the call's. */
  deadlineOf({ askedMs, turn }: { readonly askedMs: number; readonly turn: number }): number | undefined {
    const timer = executionAsyncResource();
    const { _idleTimeout, _idleStart, _repeat } = timer as TimerFields;
    if (typeof _idleTimeout !== 'number' || typeof _idleStart !== 'number' || this.offset === undefined)
      return undefined;
    if (typeof _repeat === 'number') return undefined;
    if (turn !== 0 && turnOf(timer) === turn) return _idleTimeout;
    const setAfter = _idleStart + this.offset - askedMs;
    return setAfter <= AFTER_MS && setAfter >= -Math.max(BEFORE_MS, _idleTimeout / 10) ? _idleTimeout : undefined;
  }
}
