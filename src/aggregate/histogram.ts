import type { Metric } from '../contract/index.ts';
import { Exemplars } from './exemplars.ts';
import { type Clock, Family, type LabelSource, type PerRow } from './family.ts';
import type { Budget } from './shares.ts';
import { formatBound, type Writer } from './writer.ts';

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

  protected reset(row: number): void {
    this.counts.array.fill(0, row * this.width, (row + 1) * this.width);
    this.sums.array[row] = 0;
    this.exemplars?.reset(row);
  }

  protected override move(from: number, to: number): void {
    super.move(from, to);
    this.exemplars?.move(from, to);
  }
}
