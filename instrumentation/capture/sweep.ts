import { now } from '../base/now.ts';
import type { Call } from './call.ts';
import type { Tracker } from './tracker.ts';

const EVERY_MS = 1000;
/** An answer that waits this long for a reader counts as dropped. */
const UNREAD_MS = 10_000;
/** So long a streamed answer may wait: its readers pause, for a slow reader of their own, and what fails meanwhile is theirs to know. */
const UNREAD_STREAM_MS = 600_000;

/** Ends what no event ends. One timer for the process, only while calls are open, never keeping it alive. */
export class Sweeper {
  private timer: NodeJS.Timeout | undefined;
  private readonly tracker: Tracker;
  private readonly tick: () => void;

  constructor(tracker: Tracker) {
    this.tracker = tracker;
    this.tick = tracker.guard('sweep', () => this.sweep());
    tracker.onBegin = () => this.arm();
    tracker.onStop(() => clearInterval(this.timer));
  }

  private arm(): void {
    if (this.timer) return;
    this.timer = setInterval(this.tick, EVERY_MS);
    this.tracker.timers.compare(this.timer);
    this.timer.unref();
  }

  sweep(at = now()): void {
    for (const call of this.tracker.open) this.look(call, at);
    if (this.tracker.open.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Ends every call whose answer has come with such a status, however much of its body nobody has read, and tells of all that have ended. */
  conclude(leastStatus: number): void {
    this.sweep();
    for (const call of this.tracker.open) if ((call.status ?? -1) >= leastStatus) this.tracker.end(call);
    this.tracker.endedCalls.all();
  }

  private look(call: Call, at: number): void {
    const backlog = call.backlog();
    if (backlog?.holds) call.streamed?.held(at);
    const end = call.untoldEnd();
    if (end) this.tracker.end(call, end);
    else if (call.status !== undefined && backlog?.unread && this.stuck(call, backlog.read, at))
      this.tracker.end(call, { endMs: call.headersMs });
  }

  /** Nothing has moved for long, while bytes wait on this side. */
  private stuck(call: Call, bytes: number, now: number): boolean {
    if (bytes !== call.seenBytes) {
      call.seenBytes = bytes;
      call.moves++;
      call.seenMs = now;
      return false;
    }
    // bytes that moved after all were read by somebody, who may come back
    const isRead = call.streamed !== undefined || call.moves > 1;
    return now - call.seenMs >= (isRead ? UNREAD_STREAM_MS : UNREAD_MS);
  }
}
