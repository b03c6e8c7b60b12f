import type { Call } from './call.ts';

/** Told together once so many wait, or so long after the first, in milliseconds. */
const BATCH = 64;
const DELAY_MS = 200;
/** So many that may be failures are told at their end in such a time. */
const HURRIED = 8;

/**
 * Ended calls whose outcome is still to be told. Judging and writing one call takes some microseconds when done many times in a row,
 * and several times as much between two turns of an application, whose own code has taken the processor's caches meanwhile.
 * Nothing here keeps the process alive.
 */
export class EndedCalls {
  private waiting: Call[] = [];
  private hurriedMs = Number.NEGATIVE_INFINITY;
  private hurried = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly tell: (call: Call) => void;
  private readonly onTime: () => void;

  /** @param tell must not throw */
  constructor(tell: (call: Call) => void) {
    this.tell = tell;
    this.onTime = () => {
      this.timer = undefined;
      this.all();
    };
  }

  /** @param mayFail a failure must be told while there is still a process to tell it: at once, but not once for each of many */
  add(call: Call, mayFail: boolean): void {
    call.pending = true;
    call.endedCalls = this;
    if (mayFail && call.endMs - this.hurriedMs >= DELAY_MS) {
      this.hurriedMs = call.endMs;
      this.hurried = 0;
    }
    const now = mayFail && this.hurried++ < HURRIED;
    if (this.waiting.push(call) >= BATCH || now) this.all();
    else if (this.timer === undefined) this.timer = setTimeout(this.onTime, DELAY_MS).unref();
  }

  /** In the order in which they ended. */
  all(): void {
    if (this.waiting.length === 0) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    const { waiting } = this;
    this.waiting = [];
    // the engine optimizes what is called often, and this is not
    for (let i = 0; i < waiting.length; i++) this.one(waiting[i]!);
  }

  private one(call: Call): void {
    call.pending = false;
    this.tell(call);
  }
}
