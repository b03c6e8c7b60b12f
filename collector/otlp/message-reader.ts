import type { Scalar } from '../base/failed-span.ts';
import { WireReader } from './wire.ts';

const text = new TextDecoder();

/** Reads protobuf messages field by field, and the attributes that all OTLP signals share. Throws Malformed. */
export class MessageReader extends WireReader {
  protected open(body: Uint8Array): void {
    this.buf = body;
    this.view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  }

  /** Calls `each` with the tag byte and the payload's range of every field. */
  protected fields(start: number, end: number, each: (tag: number, from: number, to: number) => unknown): void {
    for (let p = start; p < end; ) {
      const tag = this.buf[p]!;
      const next = this.skip(p, end);
      let from = p + 1;
      if ((tag & 7) === 2) from = this.length(from, end);
      each(tag, from, next);
      p = next;
    }
  }

  protected text(from: number, to: number): string {
    return text.decode(this.buf.subarray(from, to));
  }

  /** Reads a KeyValue; maps and bytes among the values are left out, of arrays the first string is kept. */
  protected keyValue(start: number, end: number, into: Map<string, Scalar>): void {
    let key = '';
    let value: Scalar | undefined;
    this.fields(start, end, (tag, from, to) => {
      if (tag === 0x0a) key = this.text(from, to);
      else if (tag === 0x12) this.fields(from, to, (t, f, e) => (value = this.scalar(t, f, e)));
    });
    if (value !== undefined) into.set(key, value);
  }

  /** A 64-bit number of nanoseconds, in milliseconds. */
  protected millis(at: number): number {
    return (this.view.getUint32(at + 4, true) * 2 ** 32 + this.view.getUint32(at, true)) / 1e6;
  }

  private scalar(tag: number, from: number, to: number): Scalar | undefined {
    if (tag === 0x0a) return this.text(from, to);
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
        if (t === 0x0a) first = this.text(f, e);
      });
    });
    return first;
  }
}
