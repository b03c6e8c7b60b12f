import type { FailedSpan, Scalar } from '../base/failed-span.ts';
import { WireReader } from '../otlp/wire.ts';

const text = new TextDecoder();
const hex = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('hex');

/** Decodes a span and its resource from their protobuf bytes; maps and bytes among the values are left out, of arrays the first string is kept. */
export class FailedSpanReader extends WireReader {
  read(
    body: Uint8Array,
    start: number,
    end: number,
    resourceStart: number,
    resourceEnd: number,
    named: boolean,
  ): FailedSpan {
    this.buf = body;
    this.view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    const resource = new Map<string, Scalar>();
    const attributes = new Map<string, Scalar>();
    const events: FailedSpan['events'] = [];
    const span = { traceId: '', spanId: '', startMs: 0, endMs: 0, named, resource, attributes, events };
    this.fields(resourceStart, resourceEnd, (tag, from, to) => tag === 0x0a && this.keyValue(from, to, resource));
    this.fields(start, end, (tag, from, to) => {
      if (tag === 0x0a) span.traceId = hex(body.subarray(from, to));
      else if (tag === 0x12) span.spanId = hex(body.subarray(from, to));
      else if (tag === 0x39) span.startMs = this.millis(from);
      else if (tag === 0x41) span.endMs = this.millis(from);
      else if (tag === 0x4a) this.keyValue(from, to, attributes);
      else if (tag === 0x5a) events.push(this.event(from, to));
    });
    return span;
  }

  private event(start: number, end: number): FailedSpan['events'][number] {
    const event = { name: '', timeMs: 0, attributes: new Map<string, Scalar>() };
    this.fields(start, end, (tag, from, to) => {
      if (tag === 0x09) event.timeMs = this.millis(from);
      else if (tag === 0x12) event.name = text.decode(this.buf.subarray(from, to));
      else if (tag === 0x1a) this.keyValue(from, to, event.attributes);
    });
    return event;
  }

  private keyValue(start: number, end: number, into: Map<string, Scalar>): void {
    let key = '';
    let value: Scalar | undefined;
    this.fields(start, end, (tag, from, to) => {
      if (tag === 0x0a) key = text.decode(this.buf.subarray(from, to));
      else if (tag === 0x12) this.fields(from, to, (t, f, e) => (value = this.scalar(t, f, e)));
    });
    if (value !== undefined) into.set(key, value);
  }

  private scalar(tag: number, from: number, to: number): Scalar | undefined {
    if (tag === 0x0a) return text.decode(this.buf.subarray(from, to));
    if (tag === 0x21) return this.view.getFloat64(from, true);
    if (tag === 0x2a) return this.firstText(from, to);
    if (tag !== 0x10 && tag !== 0x18) return undefined;
    this.varint(from, to);
    if (tag === 0x10) return this.value !== 0;
    return this.value < 2 ** 53 ? this.value : this.signed(to);
  }

  /** First string of an ArrayValue: headers are recorded as arrays (semantic conventions, `http.request.header.<key>`). */
  private firstText(start: number, end: number): string | undefined {
    let first: string | undefined;
    this.fields(start, end, (tag, from, to) => {
      if (tag !== 0x0a || first !== undefined) return;
      this.fields(from, to, (t, f, e) => {
        if (t === 0x0a) first = text.decode(this.buf.subarray(f, e));
      });
    });
    return first;
  }

  private millis(at: number): number {
    return (this.view.getUint32(at + 4, true) * 2 ** 32 + this.view.getUint32(at, true)) / 1e6;
  }

  /** Calls `each` with the tag byte and the payload's range of every field. */
  private fields(start: number, end: number, each: (tag: number, from: number, to: number) => unknown): void {
    for (let p = start; p < end; ) {
      const tag = this.buf[p]!;
      const next = this.skip(p, end);
      let from = p + 1;
      if ((tag & 7) === 2) from = this.length(from, end);
      each(tag, from, next);
      p = next;
    }
  }
}
