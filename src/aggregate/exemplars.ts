import { type Batch, REF } from './batch.ts';
import type { PerRow } from './family.ts';
import type { MessageWriter } from './message.ts';
import type { Writer } from './writer.ts';

const IDS = 24;
/** OpenMetrics 1.0 §4.6.1: names and values of one exemplar's labels, at most 128 characters together. */
const REQUEST_ID_ROOM = 128 - ('trace_id'.length + 32 + 'span_id'.length + 16 + 'request_id'.length);
const text = new TextDecoder('latin1');
const PRINTABLE = /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/;

/** Newest sampled call per bucket: trace, span and request ID. Taken at most once a second per bucket, because a page shows one. */
export class Exemplars {
  private readonly width: number;
  private readonly ids: PerRow<Uint8Array>;
  private readonly values: PerRow;
  /** Unix seconds; 0 is no exemplar. */
  private readonly times: PerRow;
  /** When each was taken, by our own clock: a sender's may be far off, and then every call would look newer. */
  private readonly taken: PerRow;
  private readonly requestIds = new Map<number, string>();

  /** `perCell` makes an array with so many elements for each bucket of each row. */
  constructor(
    width: number,
    perCell: <A extends Uint8Array | Float64Array>(make: new (length: number) => A, each: number) => PerRow<A>,
  ) {
    this.width = width;
    this.ids = perCell(Uint8Array, IDS);
    this.values = perCell(Float64Array, 1);
    this.times = perCell(Float64Array, 1);
    this.taken = perCell(Float64Array, 1);
  }

  /** Whether the cell's exemplar is old enough to be replaced. */
  stale(cell: number, now: number): boolean {
    return now - this.taken.array[cell]! >= 1;
  }

  /** `row` is where the call's integers begin in its batch. */
  set(cell: number, now: number, value: number, time: number, { ints, source }: Batch, row: number): void {
    const traceId = ints[row + REF.traceId]!;
    const spanId = ints[row + REF.spanId]!;
    const requestId = ints[row + REF.requestId]!;
    const requestIdEnd = ints[row + REF.requestIdEnd]!;
    const at = cell * IDS;
    for (let i = 0; i < 16; i++) this.ids.array[at + i] = source[traceId + i]!;
    for (let i = 0; i < 8; i++) this.ids.array[at + 16 + i] = source[spanId + i]!;
    this.values.array[cell] = value;
    this.times.array[cell] = time;
    this.taken.array[cell] = now;
    const length = requestIdEnd - requestId;
    const request =
      length > 0 && length <= REQUEST_ID_ROOM ? text.decode(source.subarray(requestId, requestIdEnd)) : '';
    if (PRINTABLE.test(request)) this.requestIds.set(cell, request);
    else this.requestIds.delete(cell);
  }

  write(out: Writer, cell: number): void {
    const time = this.times.array[cell]!;
    if (time === 0) return;
    out.text(' # {trace_id="');
    out.hex(this.ids.array, cell * IDS, 16);
    out.text('",span_id="');
    out.hex(this.ids.array, cell * IDS + 16, 8);
    const request = this.requestIds.get(cell);
    out.text(request === undefined ? '"} ' : `",request_id="${request}"} `);
    out.number(this.values.array[cell]!);
    out.text(` ${time.toFixed(3)}`);
  }

  /** The same as an Exemplar. */
  message(out: MessageWriter, cell: number): void {
    const time = this.times.array[cell]!;
    if (time === 0) return;
    const hex = (from: number, to: number): string =>
      Buffer.from(this.ids.array.subarray(cell * IDS + from, cell * IDS + to)).toString('hex');
    out.message(3, () => {
      out.label('trace_id', hex(0, 16));
      out.label('span_id', hex(16, IDS));
      const request = this.requestIds.get(cell);
      if (request !== undefined) out.label('request_id', request);
      out.double(2, this.values.array[cell]!);
      out.time(3, time);
    });
  }

  reset(row: number): void {
    for (let cell = row * this.width; cell < (row + 1) * this.width; cell++) {
      this.times.array[cell] = 0;
      this.taken.array[cell] = 0;
      this.requestIds.delete(cell);
    }
  }

  move(from: number, to: number): void {
    const { width } = this;
    for (let i = 0; i < width; i++) {
      const request = this.requestIds.get(from * width + i);
      if (request === undefined) this.requestIds.delete(to * width + i);
      else this.requestIds.set(to * width + i, request);
    }
  }
}
