import { now } from '../base/now.ts';
import type { StreamTimes } from './types.ts';

/** Notes when the pieces of one streamed answer came. */
export class Streamed implements StreamTimes {
  firstMs = 0;
  gapMs = 0;
  bytes = 0;
  private readonly sharesReads: boolean;
  private lastMs = 0;
  /** The memory that the newest piece lies in. */
  private read: ArrayBufferLike | undefined = undefined;
  /** When bytes were first seen waiting for a reader of the application's; 0 when none wait. */
  private heldMs = 0;

  /** @param sharesReads the client cuts its pieces out of what it read, each read in memory of its own */
  constructor(sharesReads: boolean) {
    this.sharesReads = sharesReads;
  }

  note(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    // pieces of one read came together, and to ask the clock costs more than the rest
    if (this.sharesReads && bytes.buffer === this.read) return;
    this.read = bytes.buffer;
    const at = now();
    if (this.lastMs === 0) this.firstMs = at;
    else {
      // what had come and was not read was no silence of the provider
      const gap = (this.heldMs === 0 ? at : this.heldMs) - this.lastMs;
      if (gap > this.gapMs) this.gapMs = gap;
    }
    this.heldMs = 0;
    this.lastMs = at;
  }

  /** Bytes wait on this side. */
  held(at: number): void {
    if (this.heldMs === 0 && this.lastMs > 0) this.heldMs = at;
  }

  /** The answer is over; an unfinished silence counts as well. */
  ended(at: number): void {
    this.read = undefined;
    if (this.lastMs > 0) this.gapMs = Math.max(this.gapMs, (this.heldMs === 0 ? at : this.heldMs) - this.lastMs);
  }
}
