import { escapeLabel } from './clean.ts';
import { Family } from './family.ts';
import { fieldOf, type MessageWriter } from './message.ts';
import type { Writer } from './writer.ts';

export class Counter extends Family {
  readonly cumulative: boolean = true;
  readonly values = this.perRow(Float64Array);
  private readonly taken = this.perRow(Float64Array);

  /** By how much the row grew since this was asked before. */
  takeGrowth(row: number): number {
    const growth = this.values.array[row]! - this.taken.array[row]!;
    this.taken.array[row]! += growth;
    return growth;
  }

  inc(row: number, by: number): void {
    this.values.array[row]! += by;
    this.touch(row);
  }

  write(out: Writer, row: number, _openMetrics: boolean, zero: boolean): void {
    this.line(out, this.labels[row]!, zero ? 0 : this.values.array[row]!);
  }

  message(out: MessageWriter, row: number, zero: boolean): void {
    this.pairs(out, row);
    out.message(fieldOf(this.metric.type), () => {
      out.double(1, zero ? 0 : this.values.array[row]!);
      if (this.cumulative) out.time(3, this.bornAt.array[row]!);
    });
  }

  protected line(out: Writer, labels: string, value: number): void {
    out.text(`${this.metric.name}{${labels}} `);
    out.number(value);
    out.text('\n');
  }

  protected reset(row: number): void {
    this.values.array[row] = 0;
    this.taken.array[row] = 0;
  }
}

/** A gauge is a counter's column with another way in; new rows are shown with their value at once. */
export class Gauge extends Counter {
  override readonly cumulative = false;

  set(row: number, value: number): void {
    this.values.array[row] = value;
    this.touch(row);
  }
}

/** A series that names its newest failure is replaced at most this often, so that its churn in Prometheus is bounded. */
const HOLD_SECONDS = 60;
const text = new TextDecoder('latin1');
const PRINTABLE = /^[\x20-\x7e]{1,128}$/;

/** Time of the newest failure per service, provider, layer and code, with its request and trace ID as labels. */
export class LastFailure extends Gauge {
  private readonly ids: { request_id: string; trace_id: string }[] = [];
  private readonly replacedAt = this.perRow(Float64Array);

  /** Whether the row may take a newer failure now. */
  due(row: number): boolean {
    return this.clock.now - this.replacedAt.array[row]! >= HOLD_SECONDS;
  }

  replace(
    row: number,
    time: number,
    source: Uint8Array,
    traceId: number,
    requestId: number,
    requestIdEnd: number,
  ): void {
    const request = requestIdEnd > requestId ? text.decode(source.subarray(requestId, requestIdEnd)) : '';
    const trace = traceId < 0 ? '' : Buffer.from(source.subarray(traceId, traceId + 16)).toString('hex');
    this.ids[row] = { request_id: PRINTABLE.test(request) ? request : '', trace_id: trace };
    this.replacedAt.array[row] = this.clock.now;
    this.set(row, time);
  }

  override write(out: Writer, row: number): void {
    const { request_id, trace_id } = this.ids[row]!;
    const ids = `request_id="${escapeLabel(request_id)}",trace_id="${trace_id}"`;
    this.line(out, `${this.labels[row]},${ids}`, this.values.array[row]!);
  }

  protected override pairs(out: MessageWriter, row: number): void {
    super.pairs(out, row);
    for (const [name, value] of Object.entries(this.ids[row]!)) out.label(name, value);
  }

  protected override reset(row: number): void {
    super.reset(row);
    this.ids[row] = { request_id: '', trace_id: '' };
    this.replacedAt.array[row] = Number.NEGATIVE_INFINITY;
  }

  protected override move(from: number, to: number): void {
    super.move(from, to);
    this.ids[to] = this.ids[from]!;
  }
}
