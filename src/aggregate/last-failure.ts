import { escapeLabel } from './clean.ts';
import { Gauge } from './counter.ts';
import type { Writer } from './writer.ts';

/** A series that names its newest failure is replaced at most this often, so that its churn in Prometheus is bounded. */
const HOLD_SECONDS = 60;
const text = new TextDecoder('latin1');
const PRINTABLE = /^[\x20-\x7e]{1,128}$/;

/** Time of the newest failure per service, provider, layer and code, with its request and trace ID as labels. */
export class LastFailure extends Gauge {
  private readonly ids: string[] = [];
  private readonly replacedAt: number[] = [];

  /** Whether the row may take a newer failure now. */
  due(row: number): boolean {
    return this.clock.now - this.replacedAt[row]! >= HOLD_SECONDS;
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
    const trace = traceId < 0 ? '' : hex(source, traceId, 16);
    this.ids[row] = `request_id="${PRINTABLE.test(request) ? escapeLabel(request) : ''}",trace_id="${trace}"`;
    this.replacedAt[row] = this.clock.now;
    this.set(row, time);
  }

  override write(out: Writer, row: number): void {
    out.text(`${this.metric.name}{${this.labels[row]},${this.ids[row]}} `);
    out.number(this.values[row]!);
    out.text('\n');
  }

  protected override reset(row: number): void {
    super.reset(row);
    this.ids[row] = 'request_id="",trace_id=""';
    this.replacedAt[row] = Number.NEGATIVE_INFINITY;
  }

  protected override move(from: number, to: number): void {
    super.move(from, to);
    this.ids[to] = this.ids[from]!;
    this.replacedAt[to] = this.replacedAt[from]!;
  }
}

const hex = (source: Uint8Array, at: number, length: number): string =>
  Array.from(source.subarray(at, at + length), (b) => b.toString(16).padStart(2, '0')).join('');
