import { now } from '../base/now.ts';

/** Notes when the pieces of one streamed answer came. */
export class Streamed {
  /** `performance.now()` of the first piece, ms; 0 before. */
  firstMs = 0;
  /** The longest silence between two pieces, ms; not the time for which this side did not read. */
  gapMs = 0;
  bytes = 0;
  private lastMs = 0;
  /** When bytes were first seen waiting for a reader of the application's; 0 when none wait. */
  private heldMs = 0;

  note(bytes: Uint8Array): void {
    this.bytes += bytes.length;
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
    if (this.lastMs > 0) this.gapMs = Math.max(this.gapMs, (this.heldMs === 0 ? at : this.heldMs) - this.lastMs);
  }
}
