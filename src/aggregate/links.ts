import { METRICS, type MetricKey, PHASES } from '../contract/index.ts';
import { COLUMN, COLUMNS, columnsOf } from './columns.ts';
import { OVERFLOW_ID } from './dictionary.ts';
import type { Families } from './families.ts';
import type { Family } from './family.ts';
import { widened } from './keys.ts';
import { total } from './shares.ts';

/** Places of the series that hang on a row of `calls`. */
export const LINK = { duration: 0, lastFailure: 1, phase: 2 } as const;
const LINKS = LINK.phase + PHASES.length;

/** Given up first when `calls` has no room; then everything but class and layer, whose combinations are few. */
const UNBOUNDED = [COLUMN.address, COLUMN.template, COLUMN.code, COLUMN.reason];
const BOUNDED = [COLUMN.statusClass, COLUMN.layer];
const CALL_COLUMNS = columnsOf(METRICS.calls.labels);
const COLUMNS_OF = Object.fromEntries(
  (Object.keys(METRICS) as MetricKey[]).map((key) => [key, columnsOf(METRICS[key].labels)]),
) as Record<MetricKey, number[]>;

/** Finds the series of a call: one lookup for `calls`, the rest from what was found for the same series before. */
export class Links {
  /** Calls counted under `__other__` because a metric had no room, by metric. */
  readonly overflowed: Record<MetricKey, number>;
  private readonly families: Families;
  private readonly key = new Int32Array(COLUMNS.length);
  /** Rows found before plus one; 0 is not asked yet. */
  private links = new Int32Array(64 * LINKS);

  constructor(families: Families) {
    this.families = families;
    this.overflowed = Object.fromEntries(Object.keys(METRICS).map((key) => [key, 0])) as Record<MetricKey, number>;
  }

  /** The row of `calls` for these label ids, which stand in the columns' order. Negative (minus one, minus the row) when it is an overflow row. */
  call(ints: Int32Array, at: number): number {
    const { calls } = this.families;
    const row = calls.row(ints, at);
    if (row >= 0) {
      if ((row + 1) * LINKS > this.links.length) this.grow(row);
      return row;
    }
    this.overflowed.calls++;
    for (const c of CALL_COLUMNS) this.key[c] = UNBOUNDED.includes(c) ? OVERFLOW_ID : ints[at + c]!;
    // A quarter more room, so that which service and provider overflows can still be told.
    let over = calls.overflowRow(this.key, 0, Math.floor(total(calls.shares.budget) * 1.25));
    if (over < 0) {
      for (const c of CALL_COLUMNS) if (!BOUNDED.includes(c)) this.key[c] = OVERFLOW_ID;
      over = calls.overflowRow(this.key, 0, Number.POSITIVE_INFINITY);
    }
    return -1 - over;
  }

  /** The series of another metric, remembered at `place` of the calls row; -1 when that metric has no room. */
  linked(call: number, place: number, metric: MetricKey, ints: Int32Array, at: number, extra = 0): number {
    if (call < 0) return this.find(metric, ints, at, extra);
    const before = this.links[call * LINKS + place]!;
    if (before > 0) return before - 1;
    const row = this.find(metric, ints, at, extra);
    this.links[call * LINKS + place] = row + 1;
    return row;
  }

  /** The series of a metric by its label columns; `extra` is the id of a label that is no column (`phase`). */
  find(metric: MetricKey, ints: Int32Array, at: number, extra = 0): number {
    const family: Family = this.families[metric];
    const columns = COLUMNS_OF[metric];
    for (let i = 0; i < columns.length; i++) this.key[i] = ints[at + columns[i]!]!;
    this.key[columns.length] = extra;
    const row = family.row(this.key, 0);
    if (row >= 0) return row;
    this.overflowed[metric]++;
    if (!family.cumulative) return -1;
    for (let i = 0; i < columns.length; i++) if (COLUMNS[columns[i]!]!.values === undefined) this.key[i] = OVERFLOW_ID;
    return family.overflowRow(this.key, 0, Number.POSITIVE_INFINITY);
  }

  /** Rows move when series are evicted. */
  clear(): void {
    this.links.fill(0);
  }

  private grow(row: number): void {
    this.links = widened(this.links, Math.max(this.links.length * 2, (row + 1) * LINKS));
  }
}
