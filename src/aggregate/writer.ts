const encoder = new TextEncoder();
const HEX = new TextEncoder().encode('0123456789abcdef');

/** Appends exposition text to one growing byte array. */
export class Writer {
  bytes: Uint8Array;
  length = 0;

  constructor(bytes: Uint8Array = new Uint8Array(64 * 1024)) {
    this.bytes = bytes;
  }

  text(text: string): void {
    this.reserve(text.length * 3);
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c > 127) {
        const rest = encoder.encodeInto(text.slice(i), bytes.subarray(at));
        this.length = at + rest.written;
        return;
      }
      bytes[at++] = c;
    }
    this.length = at;
  }

  /** Appends once more what stands at `[from, to)` of this writer. */
  repeat(from: number, to: number): void {
    this.reserve(to - from);
    this.bytes.copyWithin(this.length, from, to);
    this.length += to - from;
  }

  copy(source: Uint8Array, from: number, to: number): void {
    this.reserve(to - from);
    this.bytes.set(source.subarray(from, to), this.length);
    this.length += to - from;
  }

  number(value: number): void {
    if (value >= 0 && value < 1e9 && Number.isInteger(value)) {
      this.reserve(10);
      let digits = 1;
      for (let v = value; v >= 10; v = (v / 10) | 0) digits++;
      let at = this.length + digits;
      this.length = at;
      let rest = value;
      for (let i = 0; i < digits; i++) {
        const next = (rest / 10) | 0;
        this.bytes[--at] = 48 + rest - next * 10;
        rest = next;
      }
    } else this.text(formatNumber(value));
  }

  hex(source: Uint8Array, from: number, length: number): void {
    this.reserve(length * 2);
    for (let i = from; i < from + length; i++) {
      const b = source[i]!;
      this.bytes[this.length++] = HEX[b >> 4]!;
      this.bytes[this.length++] = HEX[b & 15]!;
    }
  }

  protected reserve(more: number): void {
    const need = this.length + more;
    if (need <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(need, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}

/** A value as both exposition formats write it. */
export const formatNumber = (value: number): string =>
  value === Number.POSITIVE_INFINITY
    ? '+Inf'
    : value === Number.NEGATIVE_INFINITY
      ? '-Inf'
      : Number.isNaN(value)
        ? 'NaN'
        : String(value);

/**
 * The text of a bucket bound. Always with a fraction (`1.0`), as OpenMetrics wants it and Prometheus 3 rewrites it, in both
 * formats: a series must not change its name with the scraper's version or its Accept header.
 */
export const formatBound = (bound: number): string =>
  bound === Number.POSITIVE_INFINITY ? '+Inf' : Number.isInteger(bound) ? `${bound}.0` : String(bound);
