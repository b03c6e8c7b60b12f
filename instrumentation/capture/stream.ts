import { now } from '../base/now.ts';

/**
 * Bytes between two pieces of one read: a line's end, the next chunk's size, a line's end (RFC 9112 §7.1). The first piece of a read begins sooner. The
 * memory itself would say it as well, but to ask a piece for its memory costs a third of the whole look.
 */
const FRAMING = { least: 5, most: 12 } as const;

/** Notes when the pieces of one streamed answer came. */
export class Streamed {
  /** `performance.now()` of the first piece, ms; 0 before. */
  firstMs = 0;
  /** The longest silence between two pieces, ms; not the time for which this side did not read. */
  gapMs = 0;
  bytes = 0;
  private readonly sharesReads: boolean;
  private lastMs = 0;
  /** Where the newest piece ended in the memory of its read. */
  private endAt = Number.POSITIVE_INFINITY;
  /** When bytes were first seen waiting for a reader of the application's; 0 when none wait. */
  private heldMs = 0;

  /** @param sharesReads the client cuts its pieces out of what it read, each read in memory of its own */
  constructor(sharesReads: boolean) {
    this.sharesReads = sharesReads;
  }

  note(bytes: Uint8Array): void {
    const { length } = bytes;
    this.bytes += length;
    if (this.sharesReads) {
      const { byteOffset } = bytes;
      const isSameRead = byteOffset >= this.endAt + FRAMING.least && byteOffset <= this.endAt + FRAMING.most;
      this.endAt = byteOffset + length;
      // pieces of one read came together, and to ask the clock costs more than the rest
      if (isSameRead) return;
    }
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
