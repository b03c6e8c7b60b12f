import { Family, widen } from './family.ts';
import type { Writer } from './writer.ts';

export class Counter extends Family {
  readonly cumulative: boolean = true;
  values: Float64Array = new Float64Array(64);

  inc(row: number, by: number): void {
    this.values[row] = this.values[row]! + by;
    this.touch(row);
  }

  write(out: Writer, row: number, _openMetrics: boolean, zero: boolean): void {
    out.text(`${this.metric.name}{${this.labels[row]}} `);
    out.number(zero ? 0 : this.values[row]!);
    out.text('\n');
  }

  protected reset(row: number): void {
    this.values[row] = 0;
  }

  protected override move(from: number, to: number): void {
    super.move(from, to);
    this.values[to] = this.values[from]!;
  }

  protected override grow(capacity: number): void {
    super.grow(capacity);
    this.values = widen(this.values, capacity);
  }
}

/** A gauge is a counter's column with another way in; new rows are shown with their value at once. */
export class Gauge extends Counter {
  override readonly cumulative = false;

  set(row: number, value: number): void {
    this.values[row] = value;
    this.touch(row);
  }
}
