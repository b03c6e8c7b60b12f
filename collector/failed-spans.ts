import { type FailedSpan, FailedSpanReader } from './failed-span.ts';
import { LIMITS } from './limits.ts';
import type { FailedRange } from './otlp/sink.ts';

/** Hands failed spans to listeners, a burst and then a number per second; what is left out is counted. */
export class FailedSpans {
  private readonly listeners = new Set<(span: FailedSpan) => void>();
  private readonly reader = new FailedSpanReader();
  private readonly dropped: (spans: number) => void;
  /** A bucket of tokens: full at first, refilled with time. */
  private left: number = LIMITS.failedSpansBurst;
  private filled = performance.now();

  constructor(dropped: (spans: number) => void) {
    this.dropped = dropped;
  }

  get wanted(): boolean {
    return this.listeners.size > 0;
  }

  on(listener: (span: FailedSpan) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Failed spans of a protobuf body. */
  ranges(body: Uint8Array, ranges: readonly FailedRange[]): void {
    const take = this.allow(ranges.length);
    for (let i = 0; i < take; i++) {
      const r = ranges[i]!;
      this.emit(this.reader.read(body, r.start, r.end, r.resourceStart, r.resourceEnd));
    }
  }

  /** How many of `spans` may be handed on now. */
  allow(spans: number): number {
    const now = performance.now();
    this.left = Math.min(
      LIMITS.failedSpansBurst,
      this.left + ((now - this.filled) / 1000) * LIMITS.failedSpansPerSecond,
    );
    this.filled = now;
    const take = Math.min(Math.floor(this.left), spans);
    this.left -= take;
    if (take < spans) this.dropped(spans - take);
    return take;
  }

  /** A listener that throws is its own problem, not the sender's. */
  emit(span: FailedSpan): void {
    for (const listener of this.listeners) {
      try {
        listener(span);
      } catch {
        this.dropped(1);
      }
    }
  }
}
