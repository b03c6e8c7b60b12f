import type { Scalar } from '../base/failed-span.ts';

const text = new TextDecoder();

/** The body is not the format it claims to be. Nothing of it is counted. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

/**
 * Reads protobuf messages field by field inside bounds, and the attributes that all OTLP signals share. Positions go in and come out as numbers;
 * `value` holds what was read last. Throws Malformed.
 */
export class MessageReader {
  private buf: Uint8Array = new Uint8Array(0);
  protected view: DataView = new DataView(new ArrayBuffer(0));
  /** What the last varint or length was. */
  protected value = 0;

  protected open(body: Uint8Array): void {
    this.buf = body;
    this.view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  }

  /** Reads a length and checks that so many bytes follow before `end`; returns where they begin. */
  private length(p: number, end: number): number {
    const first = this.buf[p]!;
    let at = p + 1;
    if (p < end && first < 128) this.value = first;
    else at = this.varint(p, end);
    if (at + this.value > end) throw new Malformed('a length reaches past the end of its message');
    return at;
  }

  /** Reads an unsigned varint into `value` (exact up to 2^53) and returns where it ends. */
  private varint(p: number, end: number): number {
    let value = 0;
    let scale = 1;
    for (let at = p; at < end && at < p + 10; at++) {
      const byte = this.buf[at]!;
      value += (byte & 127) * scale;
      if (byte < 128) {
        if (at === p + 9 && byte > 1) break;
        this.value = value;
        return at + 1;
      }
      scale *= 128;
    }
    throw new Malformed('a varint does not end');
  }

  /** The signed 64-bit integer whose varint ends before `p`; for those beyond 2^53, negative ones among them. */
  private signed(p: number): number {
    let bits = BigInt(this.buf[p - 1]!);
    for (let at = p - 2; this.buf[at]! > 127 && at > p - 11; at--) bits = (bits << 7n) | BigInt(this.buf[at]! & 127);
    return Number(BigInt.asIntN(64, bits));
  }

  /** Steps over one field. */
  private skip(p: number, end: number): number {
    let at = this.varint(p, end);
    const tag = this.value;
    if (tag < 8 || tag > 0xffffffff) throw new Malformed('a field number is invalid');
    switch (tag & 7) {
      case 0:
        return this.varint(at, end);
      case 1:
        at += 8;
        break;
      case 2:
        at = this.length(at, end);
        return at + this.value;
      case 5:
        at += 4;
        break;
      default:
        throw new Malformed('a wire type is not supported');
    }
    if (at > end) throw new Malformed('a field reaches past the end of its message');
    return at;
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
