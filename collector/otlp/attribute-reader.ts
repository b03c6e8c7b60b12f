import type { FieldTable } from './field-table.ts';
import { Malformed, WireReader, wireTypes } from './wire.ts';

/** opentelemetry/proto/common/v1/common.proto: the fields read here, and the wire types of the others. */
const KEY_VALUE = wireTypes([1, 2]);
const ANY_VALUE = wireTypes([1, 2, 3, 4], { 5: 2, 6: 2, 7: 2 });

/** What an AnyValue holds, of the kinds a metric can use. */
export const TYPE = { other: 0, string: 1, bool: 2, int: 3, double: 4 } as const;

/** Reads KeyValue and AnyValue. What was read last is in the members. */
export class AttributeReader extends WireReader {
  protected type: number = TYPE.other;
  /** Where a string's bytes stand. */
  protected valueStart = 0;
  protected valueEnd = 0;
  protected valueNumber = 0;
  /** Where the attribute read last ends. */
  protected next = 0;

  /**
   * Reads the KeyValue whose length stands at `p` and returns the key's field, or -1 when nobody reads it; then its value has not
   * been looked at. Every writer puts the key first and keeps most attributes under 128 bytes: then one word holds both lengths
   * and another the value's length, type and length, so that the whole frame is checked by two comparisons.
   */
  protected attribute(table: FieldTable, p: number, end: number): number {
    const { view } = this;
    if (p + 7 <= end) {
      const head = view.getInt32(p - 1, true);
      const stop = p + 1 + ((head >>> 8) & 127);
      const keyEnd = p + 3 + (head >>> 24);
      const length = stop - keyEnd - 2;
      // Any tag, a length, tag 1, a length.
      if ((head & 0x80ff8000) === 0x000a0000 && stop <= end && length >= 2) {
        const value = view.getInt32(keyEnd, true);
        if ((value & 0xffff) === (0x12 | (length << 8))) {
          this.next = stop;
          const field = table.find(view, p + 3, keyEnd);
          if (field >= 0) this.usualValue(value >>> 16, keyEnd + 2, stop);
          return field;
        }
      }
    }
    const from = this.length(p, end);
    this.next = from + this.value;
    return this.keyValue(table, from, this.next);
  }

  /** Reads an AnyValue whose first two bytes are given. */
  private usualValue(head: number, start: number, end: number): void {
    const length = end - start;
    if (head === (0x0a | ((length - 2) << 8))) {
      this.type = TYPE.string;
      this.valueStart = start + 2;
      this.valueEnd = end;
    } else if (length === 9 && (head & 0xff) === 0x21) {
      this.type = TYPE.double;
      this.valueNumber = this.view.getFloat64(start + 1, true);
    } else if (length === 3 && (head & 0x80ff) === 0x8018 && this.buf[start + 2]! < 128) {
      // An integer of two bytes: a status code.
      this.type = TYPE.int;
      this.valueNumber = ((head >>> 8) & 127) | (this.buf[start + 2]! << 7);
    } else this.anyValue(start, end);
  }

  /** Reads a KeyValue in any order its writer chose. */
  private keyValue(table: FieldTable, start: number, end: number): number {
    let key = -1;
    let keyEnd = -1;
    let value = 0;
    let valueEnd = 0;
    for (let p = start; p < end; ) {
      const tag = this.buf[p];
      if (tag !== 0x0a && tag !== 0x12) {
        p = this.skip(p, end, KEY_VALUE);
        continue;
      }
      p = this.length(p + 1, end);
      if (tag === 0x0a) key = p;
      else value = p;
      p += this.value;
      if (tag === 0x0a) keyEnd = p;
      else valueEnd = p;
    }
    const field = key < 0 ? -1 : table.find(this.view, key, keyEnd);
    if (field >= 0) this.anyValue(value, valueEnd);
    return field;
  }

  /** Reads an AnyValue: a string's range, or a number. Of several values the last one counts, as protobuf's oneof asks. */
  private anyValue(start: number, end: number): void {
    const { buf } = this;
    this.type = TYPE.other;
    for (let p = start; p < end; ) {
      switch (buf[p]) {
        case 0x0a:
          p = this.length(p + 1, end);
          this.valueStart = p;
          p += this.value;
          this.valueEnd = p;
          this.type = TYPE.string;
          break;
        case 0x10:
          p = this.varint(p + 1, end);
          this.valueNumber = this.value === 0 ? 0 : 1;
          this.type = TYPE.bool;
          break;
        case 0x18:
          p = this.varint(p + 1, end);
          this.valueNumber = this.value < 2 ** 53 ? this.value : this.signed(p);
          this.type = TYPE.int;
          break;
        case 0x21:
          if (p + 9 > end) throw new Malformed('a field reaches past the end of its message');
          this.valueNumber = this.view.getFloat64(p + 1, true);
          p += 9;
          this.type = TYPE.double;
          break;
        default:
          p = this.skip(p, end, ANY_VALUE);
          this.type = TYPE.other;
      }
    }
  }
}
