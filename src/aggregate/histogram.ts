import type { Metric } from '../contract/index.ts';
import { Exemplars } from './exemplars.ts';
import { type Clock, Family, type LabelSource, type PerRow } from './family.ts';
import { fieldOf, type MessageWriter } from './message.ts';
import type { Budget } from './shares.ts';
import { formatBound, type Writer } from './writer.ts';

/**
 * Buckets of the native form: four for each doubling (schema 2) from a millisecond to three minutes; the first holds what is shorter, the last
 * what is longer as well.
 */
const SCHEMA = 2;
const ZERO_THRESHOLD = 2 ** -10;
const NATIVE = 71;
const LAST = 30;
/** From a bucket's number here to its index in the schema. */
const SHIFT = LAST - NATIVE + 1;
const nativeOf = (value: number): number =>
  value <= ZERO_THRESHOLD ? 0 : Math.min(LAST, Math.ceil(Math.log2(value) * 2 ** SCHEMA)) - SHIFT;

/** Explicit-bucket histograms: counts per bucket (not cumulative) and the sum, in columns. */
export class Histogram extends Family {
  readonly cumulative = true;
  readonly exemplars: Exemplars | undefined;
  readonly bounds: readonly number[];
  /** Buckets of a row, the one without bound included. */
  private readonly width: number;
  private readonly endings: readonly string[];
  private readonly counts: PerRow;
  private readonly sums = this.perRow(Float64Array);
  /** Only of durations, and only once somebody asks for it. */
  private native: PerRow | undefined;

  constructor(metric: Metric, sources: readonly LabelSource[], budget: Budget, clock: Clock) {
    super(metric, sources, budget, clock);
    this.bounds = metric.buckets ?? [];
    this.width = this.bounds.length + 1;
    this.counts = this.perRow(Float64Array, this.width);
    this.endings = [...this.bounds, Number.POSITIVE_INFINITY].map((b) => `,le="${formatBound(b)}"} `);
    this.exemplars = metric.exemplars
      ? new Exemplars(this.width, (make, each) => this.perRow(make, this.width * each))
      : undefined;
  }

  /** Counts a finite value of at least zero; returns its bucket's number over all rows. */
  observe(row: number, value: number, weight: number): number {
    const { bounds } = this;
    let bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]!) bucket++;
    const cell = row * this.width + bucket;
    this.counts.array[cell]! += weight;
    this.sums.array[row]! += value * weight;
    if (this.native) this.native.array[row * NATIVE + nativeOf(value)]! += weight;
    this.touch(row);
    return cell;
  }

  /** Adds the row's counts to `into`, bucket by bucket, the one without bound last. */
  addCounts(row: number, into: number[]): void {
    for (let i = 0; i < this.width; i++) into[i] = (into[i] ?? 0) + this.counts.array[row * this.width + i]!;
  }

  write(out: Writer, row: number, openMetrics: boolean, zero: boolean): void {
    const { name } = this.metric;
    const labels = this.labels[row]!;
    const start = out.length;
    out.text(`${name}_bucket{${labels}`);
    const end = out.length;
    let total = 0;
    for (let i = 0; i < this.width; i++) {
      if (i > 0) out.repeat(start, end);
      const cell = row * this.width + i;
      if (!zero) total += this.counts.array[cell]!;
      out.text(this.endings[i]!);
      out.number(total);
      if (openMetrics && !zero) this.exemplars?.write(out, cell);
      out.text('\n');
    }
    out.text(`${name}_sum{${labels}} `);
    out.number(zero ? 0 : this.sums.array[row]!);
    out.text(`\n${name}_count{${labels}} `);
    out.number(total);
    out.text('\n');
  }

  message(out: MessageWriter, row: number, zero: boolean): void {
    const counts = this.counts.array.subarray(row * this.width, zero ? row * this.width : (row + 1) * this.width);
    this.pairs(out, row);
    out.message(fieldOf('histogram'), () => {
      let total = 0;
      for (const [i, bound] of [...this.bounds, Number.POSITIVE_INFINITY].entries())
        out.message(3, () => {
          total += counts[i] ?? 0;
          out.uint(1, total);
          out.double(2, bound);
          if (!zero) this.exemplars?.message(out, row * this.width + i);
        });
      out.uint(1, total);
      out.double(2, zero ? 0 : this.sums.array[row]!);
      out.time(15, this.bornAt.array[row]!);
      if (!this.exemplars) return;
      this.native ??= this.beginNative();
      out.sint(5, SCHEMA);
      out.double(6, ZERO_THRESHOLD);
      const buckets = this.native.array.subarray(row * NATIVE, zero ? row * NATIVE : (row + 1) * NATIVE);
      out.uint(7, buckets[0] ?? 0);
      let [before, gap] = [0, SHIFT];
      for (let i = 1; i < buckets.length; i++) {
        const value = buckets[i]!;
        gap++;
        if (value === 0) continue;
        // a span of one bucket each: neighbours are zero apart
        out.message(12, () => {
          out.sint(1, gap);
          out.uint(2, 1);
        });
        out.sint(13, value - before);
        [before, gap] = [value, -1];
      }
    });
  }

  /** What was counted before stands at the bound of its bucket: the first sample has it, and no rate does. */
  private beginNative(): PerRow {
    const native = this.perRow(Float64Array, NATIVE);
    for (let row = 0; row < this.size; row++)
      for (let i = 0; i < this.width; i++)
        native.array[row * NATIVE + nativeOf(this.bounds[i] ?? Number.POSITIVE_INFINITY)]! +=
          this.counts.array[row * this.width + i]!;
    return native;
  }

  protected reset(row: number): void {
    this.counts.array.fill(0, row * this.width, (row + 1) * this.width);
    this.sums.array[row] = 0;
    this.native?.array.fill(0, row * NATIVE, (row + 1) * NATIVE);
    this.exemplars?.reset(row);
  }

  protected override move(from: number, to: number): void {
    super.move(from, to);
    this.exemplars?.move(from, to);
  }
}
