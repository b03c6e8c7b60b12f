import { COLUMNS, NUMBER } from './columns.ts';
import { EMPTY_ID } from './dictionary.ts';
import { widened } from './keys.ts';

/** Integers of one row past the label columns: where the identifiers stand in `source`. */
export const REF = {
  /** Offset of 16 bytes, or -1. */
  traceId: COLUMNS.length,
  /** Offset of 8 bytes, or -1. */
  spanId: COLUMNS.length + 1,
  requestId: COLUMNS.length + 2,
  requestIdEnd: COLUMNS.length + 3,
} as const;
export const INTS = COLUMNS.length + 4;
export const DOUBLES = Object.keys(NUMBER).length;

/**
 * Calls decoded but not yet counted, in columns. A body is decoded into a batch whole and committed only when all of it was
 * sound, so that a damaged body counts nothing. One batch is reused for all bodies of an encoding.
 */
export class Batch {
  rows = 0;
  ints: Int32Array;
  numbers: Float64Array;
  /** Holds the bytes the references point into; only valid until the next body. */
  source: Uint8Array = new Uint8Array(0);
  /** Rows of the batch counted last whose calls became the ones that `lastFailure` names. */
  readonly named: number[] = [];
  /** Hosts by row that found no room among the labels: their provider is still told by them. */
  readonly lostHosts = new Map<number, string>();
  private capacity: number;

  /** The arrays may stand in memory that something else writes. */
  constructor(
    capacity = 64,
    ints: Int32Array = new Int32Array(capacity * INTS),
    numbers: Float64Array = new Float64Array(capacity * DOUBLES),
  ) {
    this.capacity = capacity;
    this.ints = ints;
    this.numbers = numbers;
  }

  /** Clears the row about to be written (number `rows`); it counts once `rows` is raised. */
  begin(): void {
    if (this.rows === this.capacity) this.grow();
    const i = this.rows * INTS;
    const n = this.rows * DOUBLES;
    const { ints, numbers } = this;
    // Loops: `fill` of so few elements is mostly its call.
    for (let k = i; k < i + INTS; k++) ints[k] = EMPTY_ID;
    ints[i + REF.traceId] = -1;
    ints[i + REF.spanId] = -1;
    for (let k = n; k < n + DOUBLES; k++) numbers[k] = Number.NaN;
    numbers[n + NUMBER.weight] = 1;
    numbers[n + NUMBER.repeated] = 0;
    numbers[n + NUMBER.error] = 0;
  }

  private grow(): void {
    this.capacity *= 2;
    this.ints = widened(this.ints, this.capacity * INTS);
    this.numbers = widened(this.numbers, this.capacity * DOUBLES);
  }
}
