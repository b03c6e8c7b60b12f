import { now } from '../base/now.ts';

/** So many pieces between two beats have their times noted: to ask the clock takes longer than all else that a piece takes. */
const NOTED = 16;
const BEAT_MS = 100;

/** Notes when the pieces of one streamed answer came; of many pieces in 100 ms to 100 ms. */
export class Streamed {
  /** `performance.now()` of the first piece, ms; 0 before. */
  firstMs = 0;
  /** The longest silence between two pieces, ms; not the time for which this side did not read. */
  gapMs = 0;
  bytes = 0;
  private lastMs = 0;
  /** When bytes were first seen waiting for a reader of the application's; 0 when none wait. */
  private heldMs = 0;
  /** Pieces since the last beat. */
  private pieces = 0;
  private timer: NodeJS.Timeout | undefined = undefined;

  note(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    if (++this.pieces > NOTED) return;
    const at = now();
    if (this.lastMs === 0) this.firstMs = at;
    else this.silent(at);
    this.heldMs = 0;
    this.lastMs = at;
    if (this.pieces === NOTED) this.timer = setTimeout(() => this.beat(), BEAT_MS).unref();
  }

  /** What had come and was not read was no silence of the provider. */
  private silent(at: number): void {
    const gap = (this.heldMs === 0 ? at : this.heldMs) - this.lastMs;
    if (gap > this.gapMs) this.gapMs = gap;
  }

  private beat(): void {
    if (this.pieces > NOTED) {
      this.lastMs = now();
      this.heldMs = 0;
    }
    this.pieces = 0;
  }

  /** Bytes wait on this side. */
  held(at: number): void {
    if (this.heldMs === 0 && this.lastMs > 0) this.heldMs = at;
  }

  /** The answer is over; an unfinished silence counts as well. */
  ended(at: number): void {
    clearTimeout(this.timer);
    if (this.lastMs > 0 && this.pieces <= NOTED) this.silent(at);
  }
}
