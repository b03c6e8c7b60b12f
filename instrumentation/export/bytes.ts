/** Up to here a loop of the language is faster than the way into the engine: bytes, and characters. */
const FEW_BYTES = 10;
const FEW_CHARACTERS = 16;
/** `raw`, `text` and `open` leave room for so many bytes more, which all that is written between two of them fits into. */
const ROOM = 128;

/** A growing byte buffer with the few protobuf primitives that OTLP needs (protobuf encoding: varint, fixed64, little-endian). */
export class Bytes {
  buffer: Buffer;
  length = 0;
  private view: DataView;

  constructor(size = 1024) {
    this.buffer = Buffer.allocUnsafeSlow(size);
    this.view = new DataView(this.buffer.buffer);
  }

  private reserve(more: number): void {
    const need = this.length + more + ROOM;
    if (need <= this.buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(need, this.buffer.length * 2));
    grown.set(this.buffer.subarray(0, this.length));
    this.buffer = grown;
    this.view = new DataView(grown.buffer);
  }

  byte(value: number): void {
    this.buffer[this.length++] = value;
  }

  /** Unsigned, up to 2^53. */
  varint(value: number): void {
    const { buffer } = this;
    let at = this.length;
    let v = value;
    while (v > 127) {
      buffer[at++] = (v % 128) | 128;
      v = Math.floor(v / 128);
    }
    buffer[at++] = v;
    this.length = at;
  }

  /** int64: a negative number takes ten bytes of two's complement. */
  int(value: number): void {
    if (value >= 0) {
      this.varint(value);
      return;
    }
    let v = BigInt.asUintN(64, BigInt(value));
    while (v > 127n) {
      this.byte(Number(v & 127n) | 128);
      v >>= 7n;
    }
    this.byte(Number(v));
  }

  double(value: number): void {
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** Epoch milliseconds as fixed64 nanoseconds, in two exact 32-bit halves: the product itself passes 2^53. */
  nanos(epochMs: number): void {
    const ms = Math.floor(epochMs);
    const upper = Math.floor(ms / 65536) * 1e6;
    const lower = (upper % 65536) * 65536 + (ms % 65536) * 1e6 + Math.floor((epochMs - ms) * 1e6);
    this.fixed32(lower % 4294967296);
    this.fixed32(Math.floor(upper / 65536) + Math.floor(lower / 4294967296));
  }

  fixed32(value: number): void {
    this.view.setUint32(this.length, value, true);
    this.length += 4;
  }

  /** The bytes of a hexadecimal ID; zeros where it is none, or of another size: an active span may be of anybody's making. */
  hex(tag: number, id: string, size: number): void {
    this.byte(tag);
    this.byte(size);
    const { buffer, length: at } = this;
    const valid = id.length === 2 * size && buffer.write(id, at, 'hex') === size;
    if (!valid) buffer.fill(0, at, at + size);
    this.length = at + size;
  }

  raw(bytes: Uint8Array): void {
    const { length } = bytes;
    this.reserve(length);
    const { buffer, length: at } = this;
    if (length <= FEW_BYTES) for (let i = 0; i < length; i++) buffer[at + i] = bytes[i]!;
    else buffer.set(bytes, at);
    this.length = at + length;
  }

  /** Length-delimited UTF-8. */
  text(tag: number, value: string): void {
    this.reserve(3 * value.length);
    this.byte(tag);
    const at = this.length;
    this.varint(value.length);
    if (this.ascii(value)) return;
    this.length = at;
    this.varint(Buffer.byteLength(value));
    this.length += this.buffer.write(value, this.length);
  }

  /** Writes text that is all ASCII; otherwise returns false, and what it has written does not count. */
  private ascii(text: string): boolean {
    const { buffer, length: at } = this;
    const { length } = text;
    if (length > FEW_CHARACTERS) {
      // any other character takes more than one byte for each of its UTF-16 units
      if (buffer.write(text, at) !== length) return false;
    } else {
      for (let i = 0; i < length; i++) {
        const c = text.charCodeAt(i);
        if (c > 127) return false;
        buffer[at + i] = c;
      }
    }
    this.length = at + length;
    return true;
  }

  /** Begins a length-delimited message; returns where, for `close`. One byte is left for its length. */
  open(tag: number): number {
    this.reserve(0);
    this.byte(tag);
    return ++this.length;
  }

  /** Ends the message that began at `from`; one that is longer than a byte can tell is moved. */
  close(from: number): void {
    const size = this.length - from;
    let digits = 1;
    for (let v = size; v > 127; v = Math.floor(v / 128)) digits++;
    if (digits > 1) {
      this.reserve(digits);
      this.buffer.copyWithin(from - 1 + digits, from, this.length);
    }
    this.length = from - 1;
    this.varint(size);
    this.length += size;
  }

  /** What was written. */
  get written(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }
}
