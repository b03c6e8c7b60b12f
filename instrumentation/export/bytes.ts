/** Up to here a loop of the language is faster than the way into the engine: bytes, and characters. */
const FEW_BYTES = 10;
const FEW_CHARACTERS = 16;

/**
 * A growing byte buffer with the few protobuf primitives a span needs (protobuf encoding: varint, fixed64, little-endian).
 * Room is reserved once per span; the single writes are unchecked.
 */
export class Bytes {
  buffer: Buffer;
  length = 0;
  private view: DataView;

  constructor(size: number) {
    this.buffer = Buffer.allocUnsafeSlow(size);
    this.view = new DataView(this.buffer.buffer);
  }

  /** Makes room for `more` bytes; call before writing. */
  reserve(more: number): void {
    const need = this.length + more;
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
      this.buffer[this.length++] = Number(v & 127n) | 128;
      v >>= 7n;
    }
    this.buffer[this.length++] = Number(v);
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
  hex(id: string, size: number): void {
    const { buffer, length: at } = this;
    const valid = id.length === 2 * size && buffer.write(id, at, 'hex') === size;
    if (!valid) buffer.fill(0, at, at + size);
    this.length = at + size;
  }

  /** A multiple of four bytes. */
  words(from: DataView, start: number, count: number): void {
    const { view, length: at } = this;
    for (let i = 0; i < count; i += 4) view.setUint32(at + i, from.getUint32(start + i));
    this.length = at + count;
  }

  raw(bytes: Uint8Array): void {
    const { buffer, length: at } = this;
    const { length } = bytes;
    if (length <= FEW_BYTES) for (let i = 0; i < length; i++) buffer[at + i] = bytes[i]!;
    else buffer.set(bytes, at);
    this.length = at + length;
  }

  /** Writes `text` if it is all ASCII; otherwise advances nothing and returns false. Needs three bytes of room a character. */
  ascii(text: string): boolean {
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

  /** Begins a length-delimited message; returns where, for `close`. Two bytes are left for its length. */
  open(): number {
    this.length += 2;
    return this.length;
  }

  /** Ends the message that began at `from`. Lengths of one byte, or of more than two, move it. */
  close(from: number): void {
    const size = this.length - from;
    const digits = varintSize(size);
    if (digits !== 2) {
      this.reserve(8);
      this.buffer.copyWithin(from - 2 + digits, from, this.length);
    }
    this.length = from - 2;
    this.varint(size);
    this.length += size;
  }

  /** What was written, as a copy of its own. */
  bytes(): Uint8Array {
    return Uint8Array.from(this.buffer.subarray(0, this.length));
  }
}

export const varintSize = (value: number): number => {
  let size = 1;
  for (let v = value; v > 127; v = Math.floor(v / 128)) size++;
  return size;
};
