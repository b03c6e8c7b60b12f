import type { Dictionary } from '../../src/aggregate/dictionary.ts';
import { type FieldValue, TYPE } from '../../src/aggregate/row-builder.ts';
import { FieldTable } from './field-table.ts';
import type { JsonReader } from './json-reader.ts';
import { HEX_PAIR } from './json-scan.ts';
import { Spellings } from './spellings.ts';
import { viewOf } from './view.ts';

const VALUE_KEYS = ['stringValue', 'intValue', 'doubleValue', 'boolValue'] as const;
const VALUE_TABLE = new FieldTable(Object.fromEntries(VALUE_KEYS.map((key, i) => [key, { kind: i, target: 0 }])));
const QUOTE = 0x22;
const utf8 = new TextDecoder('utf-8');
const ascii = new TextDecoder('latin1');
const encoder = new TextEncoder();

/** The values OTLP/JSON writes in its own way: AnyValue, identifiers, times. What was read last is in the members. */
export class JsonValues implements FieldValue {
  type: number = TYPE.other;
  number = 0;
  /** A string's bytes, or its text when it was escaped. */
  start = 0;
  end = 0;
  text: string | undefined;
  /** Identifiers as bytes; rows point into it. */
  scratch: Uint8Array = new Uint8Array(4096);
  private scratchView = viewOf(this.scratch);
  used = 0;
  private readonly reader: JsonReader;
  private readonly spellings = new Map<Dictionary, Spellings>();
  /** Start and end: whole seconds and nanoseconds apart, because together they do not fit a double. */
  private readonly whole = new Float64Array(2);
  private readonly nanos = new Float64Array(2);

  constructor(reader: JsonReader) {
    this.reader = reader;
  }

  /** Everything kept in the scratch is shorter than where it was read from. */
  begin(bodyLength: number): void {
    this.used = 0;
    if (this.scratch.length >= bodyLength) return;
    this.scratch = new Uint8Array(bodyLength);
    this.scratchView = viewOf(this.scratch);
  }

  /** A string without escapes that was found at `[start, end)`. */
  stringAt(start: number, end: number): void {
    this.type = TYPE.string;
    this.start = start;
    this.end = end;
    this.text = undefined;
  }

  /** Reads an AnyValue. */
  any(depth: number): void {
    const { reader } = this;
    this.type = TYPE.other;
    if (reader.peek() !== 0x7b) {
      reader.skip(depth);
      return;
    }
    reader.enterObject();
    for (let first = true; reader.nextKey(first); first = false) {
      const found = reader.escaped
        ? VALUE_TABLE.findText(reader.text())
        : VALUE_TABLE.find(reader.view, reader.start, reader.end);
      const quoted = reader.peek() === 0x22;
      const kind = found < 0 ? -1 : VALUE_TABLE.fields[found]!.kind;
      if (kind === 0 && quoted) {
        reader.string();
        this.type = TYPE.string;
        this.start = reader.start;
        this.end = reader.end;
        this.text = reader.escaped ? reader.text() : undefined;
      } else if (kind === 1 || kind === 2) this.numeric(kind === 1 ? TYPE.int : TYPE.double, quoted, depth);
      else if (kind === 3 && (reader.peek() === 0x74 || reader.peek() === 0x66)) {
        this.type = TYPE.bool;
        this.number = reader.word() === 'true' ? 1 : 0;
      } else reader.skip(depth + 1);
    }
  }

  /** An identifier of so many hexadecimal digits, put into the scratch; its place, or -1 when it is none or all zero. */
  id(digits: number): number {
    const { reader, scratch } = this;
    if (reader.peek() !== QUOTE) {
      reader.skip(7);
      return -1;
    }
    const { buf, view, pos } = reader;
    const at = this.used;
    let any = -1;
    if (buf[pos + 1 + digits] === QUOTE) {
      any = 0;
      for (let p = pos + 1, to = at; p <= pos + digits; p += 2, to++) {
        const byte = HEX_PAIR[view.getUint16(p, true)]!;
        any |= byte;
        scratch[to] = byte;
      }
    }
    if (any < 0) reader.string();
    else reader.pos = pos + digits + 2;
    if (any <= 0) return -1;
    this.used = at + digits / 2;
    return at;
  }

  /** 32 bits of an identifier as a number in [0, 1). */
  random(id: number): number {
    const { scratch } = this;
    return ((scratch[id]! * 256 + scratch[id + 1]!) * 256 + scratch[id + 2]!) / 2 ** 24 + scratch[id + 3]! / 2 ** 32;
  }

  /** An integer, also as a string; NaN for anything else. */
  integer(): number {
    const digit = this.reader.lonelyDigit();
    if (digit >= 0) return digit;
    const quoted = this.reader.peek() === 0x22;
    this.numeric(TYPE.int, quoted, 7);
    return this.type === TYPE.int ? this.number : Number.NaN;
  }

  textOrEmpty(): string {
    if (this.reader.peek() !== 0x22) {
      this.reader.skip(7);
      return '';
    }
    this.reader.string();
    return this.reader.text();
  }

  resetTimes(): void {
    this.whole[0] = this.whole[1] = this.nanos[0] = this.nanos[1] = 0;
  }

  /** Start (0) or end (1), Unix nanoseconds as a string or a number. */
  time(which: 0 | 1): void {
    const { reader } = this;
    let from: number;
    let to: number;
    if (reader.peek() === QUOTE) {
      reader.string();
      from = reader.start;
      to = reader.end;
    } else {
      from = reader.pos;
      reader.skip(7);
      to = reader.pos;
    }
    let whole = 0;
    let nanos = 0;
    for (let p = from; p < to; p++) {
      const digit = reader.buf[p]! - 0x30;
      if (digit < 0 || digit > 9 || to - from > 20) {
        whole = nanos = 0;
        break;
      }
      if (to - p > 9) whole = whole * 10 + digit;
      else nanos = nanos * 10 + digit;
    }
    this.whole[which] = whole;
    this.nanos[which] = nanos;
  }

  /** The duration; NaN when a time is missing. */
  seconds(): number {
    const [start = 0, end = 0] = this.whole;
    const [startNanos = 0, endNanos = 0] = this.nanos;
    if (start + startNanos === 0 || end + endNanos === 0) return Number.NaN;
    return ((end - start) * 1e9 + (endNanos - startNanos)) / 1e9;
  }

  endSeconds(): number {
    // Rounded as Decoder does it.
    return Number(BigInt(this.whole[1]!) * 1_000_000_000n + BigInt(this.nanos[1]!)) / 1e9;
  }

  get isEmpty(): boolean {
    return this.end === this.start;
  }

  intern(dictionary: Dictionary): number {
    if (this.text !== undefined) return dictionary.ofString(this.text);
    let spellings = this.spellings.get(dictionary);
    if (!spellings) {
      spellings = new Spellings(dictionary);
      this.spellings.set(dictionary, spellings);
    }
    return spellings.idOf(this.reader.buf, this.reader.view, this.start, this.end);
  }

  toText(): string {
    return this.text ?? utf8.decode(this.reader.buf.subarray(this.start, this.end));
  }

  /** Copies the last string value to the scratch; returns where it stands. */
  keep(): readonly [number, number] {
    const from = this.used;
    if (this.text !== undefined) this.used += encoder.encodeInto(this.text, this.scratch.subarray(from)).written;
    else this.copy();
    return [from, this.used];
  }

  private copy(): void {
    const { view, buf } = this.reader;
    let to = this.used;
    let p = this.start;
    for (; p + 4 <= this.end; p += 4, to += 4) this.scratchView.setInt32(to, view.getInt32(p, true), true);
    for (; p < this.end; p++) this.scratch[to++] = buf[p]!;
    this.used = to;
  }

  private numeric(type: number, quoted: boolean, depth: number): void {
    const { reader } = this;
    const c = reader.peek();
    if (!quoted) {
      this.type = c === 0x2d || (c >= 0x30 && c <= 0x39) ? type : TYPE.other;
      if (this.type === TYPE.other) reader.skip(depth + 1);
      else this.number = reader.number();
      if (type === TYPE.int && !Number.isInteger(this.number)) this.type = TYPE.other;
      return;
    }
    reader.string();
    let value = 0;
    let p = reader.start;
    for (; p < reader.end && reader.end - reader.start < 16; p++) {
      const digit = reader.buf[p]! - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (p < reader.end || reader.start === reader.end) {
      const text = ascii.decode(reader.buf.subarray(reader.start, reader.end));
      value = (type === TYPE.int ? /^-?\d+$/ : /^(?:-?\d.*|NaN|-?Infinity)$/).test(text) ? Number(text) : Number.NaN;
    }
    this.type = Number.isNaN(value) ? TYPE.other : type;
    this.number = value;
  }
}
