import { now } from '../base/now.ts';
import type { TrackedCall } from './call.ts';
import { HttpCall } from './http/call.ts';
import { Http2Call } from './http2/call.ts';
import type { Tracker } from './tracker.ts';
import { UndiciCall } from './undici/call.ts';

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
    this.tracker.open.each((call) => this.look(call, at));
    if (this.tracker.open.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Ends every call whose answer has come, however much of its body nobody has read. */
  drain(): void {
    this.sweep();
    this.tracker.open.each((call) => {
      if (call.status !== undefined) this.tracker.end(call);
    });
  }

  /** Ends every call whose answer failed, though its body may still come. */
  conclude(): void {
    this.sweep();
    this.tracker.open.each((call) => {
      if ((call.status ?? 0) >= 400) this.tracker.end(call);
    });
  }

  private look(call: TrackedCall, at: number): void {
    if (call.streamed && call.holdsBytes) call.streamed.held(at);
    if (call instanceof HttpCall) {
      if (call.givenUp) {
        const error = call.destroyedWith;
        this.tracker.end(call, {
          error,
          broken: true,
          cancelled: error === undefined,
          deadlineMs: call.deadlineMs,
          toProxy: call.toProxy(error),
        });
      } else if (call.status !== undefined && call.unread && (call.complete || this.stuck(call, call.bytesRead, at)))
        this.tracker.end(call, { endMs: call.headersMs });
    } else if (call instanceof Http2Call) {
      if (call.status !== undefined && call.unread && this.stuck(call, call.bytesRead, at))
        this.tracker.end(call, { endMs: call.headersMs });
    } else if (call instanceof UndiciCall) {
      if (call.completed) this.tracker.end(call);
      else if (call.status === undefined && call.signal?.aborted && call.byFetch && !call.headersSent)
        this.tracker.end(call, { broken: true });
      else if (call.status !== undefined && call.unread && this.stuck(call, call.bytesRead, at))
        this.tracker.end(call, { endMs: call.headersMs });
    }
  }

  /** Nothing has moved for long, while bytes wait on this side. */
  private stuck(call: TrackedCall, bytes: number, now: number): boolean {
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
