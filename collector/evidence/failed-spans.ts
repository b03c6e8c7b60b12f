import { type Batch, COLUMN, INTS } from '../../src/aggregate/index.ts';
import type { FailedSpan } from '../base/failed-span.ts';
import { LIMITS } from '../limits.ts';
import type { FailedRange } from '../otlp/decoder.ts';
import type { FailedSpanTaker } from '../otlp/ingest.ts';
import { Malformed } from '../otlp/messages.ts';
import type { Encoding } from '../otlp/signals.ts';
import { type ChosenRange, readSpan } from './read-span.ts';

/** Kinds and owners whose last turn is remembered; a flood of made-up codes starts the memory over. */
const REMEMBERED = 4096;
const SECOND = 1000;

/**
 * Hands failed spans to listeners, a burst and then a number per second; what is left out is counted. Noise costs only its own kind: the first
 * failure in a second of every service × provider × layer × code is read whatever else comes, and so is every one that a page will name.
 */
export class FailedSpans implements FailedSpanTaker {
  private readonly listeners = new Set<(span: FailedSpan) => void>();
  private readonly dropped: (spans: number) => void;
  private readonly fault: (error: unknown) => void;
  private readonly now: () => number;
  /** A bucket of tokens: full at first, refilled with time. */
  private left: number = LIMITS.failedSpansBurst;
  private filled: number;
  /** When a kind had its turn last, ms. */
  private readonly turns = new Map<number, number>();
  /** Turns that a service × provider took in the current second. */
  private readonly owners = new Map<number, number>();
  private second = 0;

  constructor(
    dropped: (spans: number) => void,
    fault: (error: unknown) => void,
    now: () => number = () => performance.now(),
  ) {
    this.dropped = dropped;
    this.fault = fault;
    this.now = now;
    this.filled = now();
  }

  get wanted(): boolean {
    return this.listeners.size > 0;
  }

  on(listener: (span: FailedSpan) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Reads the failed spans of a body that has just been counted from `batch`, and hands them on. */
  take(body: Uint8Array, encoding: Encoding, ranges: readonly FailedRange[], batch: Batch): void {
    for (const range of this.choose(ranges, batch)) {
      const span = this.read(body, encoding, range);
      if (span === undefined) this.dropped(1);
      else this.emit(span);
    }
  }

  /** Undefined when what no metric reads, an event or an attribute, is malformed: the call has been counted all the same. */
  private read(body: Uint8Array, encoding: Encoding, range: ChosenRange): FailedSpan | undefined {
    try {
      return readSpan(body, encoding, range);
    } catch (error) {
      if (error instanceof Malformed) return undefined;
      throw error;
    }
  }

  /** Which failed spans of the body just counted are read. */
  choose(ranges: readonly FailedRange[], { ints, named }: Batch): ChosenRange[] {
    const now = this.now();
    const refill = ((now - this.filled) / SECOND) * LIMITS.failedSpansPerSecond;
    this.left = Math.min(LIMITS.failedSpansBurst, this.left + refill);
    this.filled = now;
    const room = ranges.length <= this.left;
    const names = new Set(named);
    const chosen: ChosenRange[] = [];
    for (const range of ranges) {
      const isNamed = names.has(range.row);
      const mine = isNamed || (!room && this.takesTurn(ints, range.row * INTS, now));
      if (!mine && this.left < 1) continue;
      if (!mine) this.left--;
      chosen.push({ ...range, named: isNamed });
    }
    if (chosen.length < ranges.length) this.dropped(ranges.length - chosen.length);
    return chosen;
  }

  /** Whether this kind of failure has not had its turn for a second, and its owner not too many. */
  private takesTurn(ints: Int32Array, at: number, now: number): boolean {
    const owner = mix(ints[at + COLUMN.service]!, ints[at + COLUMN.provider]!);
    const kind = mix(mix(owner, ints[at + COLUMN.layer]!), ints[at + COLUMN.code]!);
    if (now - (this.turns.get(kind) ?? Number.NEGATIVE_INFINITY) < SECOND) return false;
    if (now - this.second >= SECOND) {
      this.second = now;
      this.owners.clear();
    }
    const taken = this.owners.get(owner) ?? 0;
    if (taken >= LIMITS.failedKindsPerOwner || this.owners.size > REMEMBERED) return false;
    this.owners.set(owner, taken + 1);
    if (this.turns.size >= REMEMBERED) this.turns.clear();
    this.turns.set(kind, now);
    return true;
  }

  /** A listener that throws is its own problem, not the sender's. */
  private emit(span: FailedSpan): void {
    for (const listener of this.listeners) {
      try {
        listener(span);
      } catch (error) {
        this.fault(error);
        this.dropped(1);
      }
    }
  }
}

/** Two label ids as one number; two kinds that meet in it share their turns, no more. */
const mix = (a: number, b: number): number => Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35);
