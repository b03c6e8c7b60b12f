import { Gauge } from './counter.ts';

/** An instance that was silent for so many of its own intervals is gone. */
const INTERVALS = 3;
/** OTEL_METRIC_EXPORT_INTERVAL's default, until an instance has shown its own. */
const FIRST_INTERVAL = 60;
/** Instances held; one more is left out until another is gone. */
const MOST = 20_000;

interface Instance {
  at: number;
  every: number;
  readonly values: Map<number, number>;
}

/** A gauge that many instances report: their sum. */
export class InstanceGauge extends Gauge {
  protected readonly combine: (a: number, b: number) => number = (a, b) => a + b;
  readonly instances = new Map<string, Instance>();

  /** What an instance says now of one row. */
  report(row: number, instance: string, value: number): void {
    const { now } = this.clock;
    let held = this.instances.get(instance);
    if (!held) {
      if (this.instances.size >= MOST) return;
      held = { at: now, every: FIRST_INTERVAL, values: new Map() };
      this.instances.set(instance, held);
    } else if (now > held.at) {
      // A new report: what the one before said of other rows is over.
      held.every = Math.min(now - held.at, 10 * FIRST_INTERVAL);
      held.values.clear();
      held.at = now;
    }
    held.values.set(row, value);
    this.usedAt.array[row] = now;
  }

  /** Works the rows out anew; instances that are gone drop out. */
  override refresh(): void {
    const { now } = this.clock;
    const totals = new Float64Array(this.size);
    for (const [name, { at, every, values }] of this.instances) {
      if (now - at > INTERVALS * every) this.instances.delete(name);
      else for (const [row, value] of values) totals[row] = this.combine(totals[row]!, value);
    }
    for (let row = 0; row < totals.length; row++) {
      if (this.values.array[row] === totals[row]) continue;
      this.values.array[row] = totals[row]!;
      this.touched.array[row] = this.clock.epoch;
    }
  }

  protected override move(from: number, to: number): void {
    super.move(from, to);
    for (const { values } of this.instances.values()) {
      const value = values.get(from);
      if (value === undefined) values.delete(to);
      else values.set(to, value);
      values.delete(from);
    }
  }
}

/** The same, of which the largest counts. */
export class OldestGauge extends InstanceGauge {
  protected override readonly combine = Math.max;
}
