import { viewOf } from '../../src/aggregate/bytes.ts';
import { type Dictionary, OVERFLOW_ID } from '../../src/aggregate/dictionary.ts';
import { KIND, RESOURCE_FIELDS, SPAN_FIELDS } from '../../src/aggregate/fields.ts';
import { type Batch, COLUMN, DOUBLES, INTS, NUMBER, REF } from '../../src/aggregate/index.ts';
import type { FailedSpans } from '../failed-spans.ts';
import { AttributeReader, TYPE } from './attribute-reader.ts';
import { FieldTable } from './field-table.ts';
import { RowSink, resourceSlot } from './sink.ts';
import { ANY_FIELDS, Malformed, wireTypes } from './wire.ts';

const SPAN_TABLE = new FieldTable(SPAN_FIELDS);
const RESOURCE_TABLE = new FieldTable(RESOURCE_FIELDS);
/** opentelemetry/proto/trace/v1/trace.proto, resource.proto, common.proto: the fields read here, and the wire types of the others. */
const REQUEST = wireTypes([1]);
const RESOURCE_SPANS = wireTypes([1, 2], { 3: 2 });
const RESOURCE = wireTypes([1], { 2: 0, 3: 2 });
const SCOPE_SPANS = wireTypes([2], { 1: 2, 3: 2 });
const SPAN = wireTypes([1, 2, 3, 6, 7, 8, 9], { 4: 2, 5: 2, 10: 0, 11: 2, 12: 0, 13: 2, 14: 0, 15: 2, 16: 5 });
const CLIENT = 3;
const ascii = new TextDecoder('latin1');
const utf8 = new TextDecoder('utf-8');

/**
 * Reads an ExportTraceServiceRequest in one pass and looks only at what the metrics need; everything else is stepped over by
 * its length. Label values are interned from their bytes. Throws Malformed; then the batch's rows must not be committed.
 */
export class ProtobufDecoder extends AttributeReader {
  readonly sink: RowSink;
  private batch!: Batch;
  private ints: Int32Array = new Int32Array(0);
  private row = 0;
  private resourceStart = 0;
  private resourceEnd = 0;

  constructor(dictionaries: readonly Dictionary[]) {
    super();
    this.sink = new RowSink(dictionaries);
  }

  decode(body: Uint8Array, batch: Batch): void {
    this.buf = body;
    this.view = viewOf(body);
    this.batch = batch;
    batch.source = body;
    this.sink.begin(batch);
    const end = body.length;
    for (let p = 0; p < end; ) {
      if (body[p] !== 0x0a) p = this.skip(p, end, REQUEST);
      else {
        p = this.length(p + 1, end);
        const stop = p + this.value;
        this.resourceSpans(p, stop);
        p = stop;
      }
    }
  }

  /** Hands the failed spans of the body just decoded to the listeners. */
  emitFailed(failed: FailedSpans, body: Uint8Array): void {
    failed.ranges(body, this.sink.failed, this.batch);
  }

  /** The resource may follow its spans, so it is looked for first. */
  private resourceSpans(start: number, end: number): void {
    this.sink.resource.fill(0);
    this.resourceStart = this.resourceEnd = 0;
    for (let p = start; p < end; ) {
      const tag = this.buf[p];
      p = tag === 0x0a || tag === 0x12 ? this.length(p + 1, end) : this.skip(p, end, RESOURCE_SPANS);
      if (tag !== 0x0a && tag !== 0x12) continue;
      const stop = p + this.value;
      if (tag === 0x0a) this.resource(p, stop);
      p = stop;
    }
    for (let p = start; p < end; ) {
      if (this.buf[p] !== 0x12) p = this.skip(p, end, ANY_FIELDS);
      else {
        p = this.length(p + 1, end);
        const stop = p + this.value;
        this.scopeSpans(p, stop);
        p = stop;
      }
    }
  }

  private resource(start: number, end: number): void {
    this.resourceStart = start;
    this.resourceEnd = end;
    for (let p = start; p < end; ) {
      if (this.buf[p] !== 0x0a) p = this.skip(p, end, RESOURCE);
      else {
        const field = this.attribute(RESOURCE_TABLE, p + 1, end);
        p = this.next;
        if (field >= 0 && this.type === TYPE.string) {
          const column = RESOURCE_TABLE.targets[field]!;
          const slot = resourceSlot(column);
          if (RESOURCE_TABLE.kinds[field] === KIND.label || this.sink.resource[slot] === 0)
            this.sink.resource[slot] = this.intern(column);
        }
      }
    }
  }

  private scopeSpans(start: number, end: number): void {
    for (let p = start; p < end; ) {
      if (this.buf[p] !== 0x12) p = this.skip(p, end, SCOPE_SPANS);
      else {
        p = this.length(p + 1, end);
        const stop = p + this.value;
        this.span(p, stop);
        p = stop;
      }
    }
  }

  private span(start: number, end: number): void {
    const { buf, view, batch } = this;
    batch.begin();
    this.ints = batch.ints;
    this.row = batch.rows * INTS;
    let kind = 0;
    let trace = -1;
    let id = -1;
    let startAt = -1;
    let endAt = -1;
    let stateAt = -1;
    let stateEnd = -1;
    for (let p = start; p < end; ) {
      switch (buf[p]) {
        case 0x4a: {
          const field = this.attribute(SPAN_TABLE, p + 1, end);
          if (field >= 0) this.set(field);
          p = this.next;
          break;
        }
        case 0x0a:
          p = this.length(p + 1, end);
          trace = this.value === 16 ? p : -1;
          p += this.value;
          break;
        case 0x12:
          p = this.length(p + 1, end);
          id = this.value === 8 ? p : -1;
          p += this.value;
          break;
        case 0x1a:
          p = this.length(p + 1, end);
          stateAt = p;
          p += this.value;
          stateEnd = p;
          break;
        case 0x30:
          p = this.varint(p + 1, end);
          // An int32: what is above 32 bits is cut off.
          kind = (this.value % 2 ** 32) | 0;
          break;
        case 0x39:
          startAt = p + 1;
          p += 9;
          break;
        case 0x41:
          endAt = p + 1;
          p += 9;
          break;
        default:
          p = this.skip(p, end, SPAN);
      }
      if (p > end) throw new Malformed('a field reaches past the end of its message');
    }
    const valid =
      trace >= 0 &&
      id >= 0 &&
      (view.getInt32(trace) | view.getInt32(trace + 4) | view.getInt32(trace + 8) | view.getInt32(trace + 12)) !== 0 &&
      (view.getInt32(id) | view.getInt32(id + 4)) !== 0;
    this.ints[this.row + REF.traceId] = trace;
    this.ints[this.row + REF.spanId] = id;
    if (stateEnd > stateAt && valid)
      this.number(
        NUMBER.weight,
        this.sink.weight(ascii.decode(buf.subarray(stateAt, stateEnd)), view.getUint32(id) / 2 ** 32),
      );
    const startHigh = startAt < 0 ? 0 : view.getUint32(startAt + 4, true);
    const startLow = startAt < 0 ? 0 : view.getUint32(startAt, true);
    const endHigh = endAt < 0 ? 0 : view.getUint32(endAt + 4, true);
    const endLow = endAt < 0 ? 0 : view.getUint32(endAt, true);
    const known = (startHigh !== 0 || startLow !== 0) && (endHigh !== 0 || endLow !== 0);
    // The halves are subtracted apart: 64-bit nanoseconds do not fit a double, their difference does.
    const seconds = known ? ((endHigh - startHigh) * 2 ** 32 + (endLow - startLow)) / 1e9 : Number.NaN;
    const layer = this.ints[this.row + COLUMN.layer] !== 0;
    if (!this.sink.finish(batch, kind === CLIENT, valid, seconds, (endHigh * 2 ** 32 + endLow) / 1e9)) return;
    if (layer && this.sink.wantFailed) {
      const { resourceStart, resourceEnd } = this;
      this.sink.failed.push({ start, end, resourceStart, resourceEnd, row: batch.rows - 1 });
    }
  }

  private set(field: number): void {
    const { type } = this;
    const target = SPAN_TABLE.targets[field]!;
    switch (SPAN_TABLE.kinds[field]) {
      case KIND.alias:
      case KIND.label:
        if (SPAN_TABLE.kinds[field] === KIND.alias && this.ints[this.row + target] !== 0) break;
        if (type === TYPE.string) {
          const id = this.intern(target);
          this.ints[this.row + target] = id;
          if (id === OVERFLOW_ID && target === COLUMN.address)
            this.sink.lostHost(this.batch, utf8.decode(this.buf.subarray(this.valueStart, this.valueEnd)));
        } else if (type === TYPE.int && target === COLUMN.status)
          this.ints[this.row + target] = this.sink.status(this.valueNumber);
        break;
      case KIND.number:
        if (type === TYPE.int || type === TYPE.double) this.number(target, this.valueNumber);
        break;
      case KIND.flag:
        if (type === TYPE.bool) this.number(target, this.valueNumber);
        break;
      case KIND.present:
        if (type === TYPE.string && this.valueEnd > this.valueStart) this.number(target, 1);
        break;
      default:
        if (type !== TYPE.string) break;
        this.ints[this.row + REF.requestId] = this.valueStart;
        this.ints[this.row + REF.requestIdEnd] = this.valueEnd;
    }
  }

  private intern(column: number): number {
    return this.sink.dictionaries[column]!.ofBytes(this.buf, this.view, this.valueStart, this.valueEnd);
  }

  private number(target: number, value: number): void {
    this.batch.numbers[this.batch.rows * DOUBLES + target] = value;
  }
}
