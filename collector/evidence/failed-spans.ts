import { type Batch, COLUMN, INTS } from '../../src/aggregate/index.ts';
import type { FailedSpan } from '../base/failed-span.ts';
import { LIMITS } from '../limits.ts';
import type { FailedRange } from '../otlp/decoder.ts';
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
export function createFailedSpans(
  dropped: (spans: number) => void,
  fault: (error: unknown) => void,
  clock: () => number = () => performance.now(),
) {
  const listeners = new Set<(span: FailedSpan) => void>();
  /** A bucket of tokens: full at first, refilled with time. */
  let left: number = LIMITS.failedSpansBurst;
  let filled = clock();
  /** When a kind had its turn last, ms. */
  const turns = new Map<number, number>();
  /** Turns that a service × provider took in the current second. */
  const owners = new Map<number, number>();
  let second = 0;
  /** Whether this kind of failure has not had its turn for a second, and its owner not too many. */
  const takesTurn = (ints: Int32Array, at: number, now: number): boolean => {
    const owner = mix(ints[at + COLUMN.service]!, ints[at + COLUMN.provider]!);
    const kind = mix(mix(owner, ints[at + COLUMN.layer]!), ints[at + COLUMN.code]!);
    if (now - (turns.get(kind) ?? Number.NEGATIVE_INFINITY) < SECOND) return false;
    if (now - second >= SECOND) {
      second = now;
      owners.clear();
    }
    const taken = owners.get(owner) ?? 0;
    if (taken >= LIMITS.failedKindsPerOwner || owners.size > REMEMBERED) return false;
    owners.set(owner, taken + 1);
    if (turns.size >= REMEMBERED) turns.clear();
    turns.set(kind, now);
    return true;
  };
  /** Which failed spans of the body just counted are read. */
  const choose = (ranges: readonly FailedRange[], { ints, named }: Batch): ChosenRange[] => {
    const now = clock();
    left = Math.min(LIMITS.failedSpansBurst, left + ((now - filled) / SECOND) * LIMITS.failedSpansPerSecond);
    filled = now;
    const room = ranges.length <= left;
    const names = new Set(named);
    const chosen: ChosenRange[] = [];
    for (const range of ranges) {
      const isNamed = names.has(range.row);
      const mine = isNamed || (!room && takesTurn(ints, range.row * INTS, now));
      if (!mine && left < 1) continue;
      if (!mine) left--;
      chosen.push({ ...range, named: isNamed });
    }
    if (chosen.length < ranges.length) dropped(ranges.length - chosen.length);
    return chosen;
  };
  /** A listener that throws is its own problem, not the sender's. */
  const emit = (span: FailedSpan): void => {
    for (const listener of listeners) {
      try {
        listener(span);
      } catch (error) {
        fault(error);
        dropped(1);
      }
    }
  };
  return {
    choose,
    get wanted(): boolean {
      return listeners.size > 0;
    },
    on(listener: (span: FailedSpan) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    /** Reads the failed spans of a body that has just been counted from `batch`, and hands them on. */
    take(body: Uint8Array, encoding: Encoding, ranges: readonly FailedRange[], batch: Batch): void {
      for (const range of choose(ranges, batch)) {
        const span = read(body, encoding, range);
        if (span === undefined) dropped(1);
        else emit(span);
      }
    },
  };
}

/** Undefined when what no metric reads, an event or an attribute, is malformed: the call has been counted all the same. */
function read(body: Uint8Array, encoding: Encoding, range: ChosenRange): FailedSpan | undefined {
  try {
    return readSpan(body, encoding, range);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** Two label ids as one number; two kinds that meet in it share their turns, no more. */
const mix = (a: number, b: number): number => Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35);
