import type { FieldTable } from './field-table.ts';
import { Malformed, WireReader, wireTypes } from './wire.ts';

/** opentelemetry/proto/common/v1/common.proto: the fields read here, and the wire types of the others. */
const KEY_VALUE = wireTypes([1, 2]);
const ANY_VALUE = wireTypes([1, 2, 3, 4], { 5: 2, 6: 2, 7: 2 });

/** What an AnyValue holds, of the kinds a metric can use. */
export const TYPE = { other: 0, string: 1, bool: 2, int: 3, double: 4 } as const;

/** Reads KeyValue and AnyValue. What was read last is in the members. */
export class AttributeReader extends WireReader {
  /** Where the value stands; after `anyValue` found a string, where its bytes stand. */
  protected valueStart = 0;
  protected valueEnd = 0;
  protected valueNumber = 0;

  /** Finds the key's field, and where the value stands. Writers put the key first; any other order is read as well. */
  protected keyValue(table: FieldTable, start: number, end: number): number {
    const { buf } = this;
    const value = start + 2 + buf[start + 1]!;
    if (buf[start] === 0x0a && buf[start + 1]! < 128 && value + 1 < end && buf[value] === 0x12) {
      const at = this.length(value + 1, end);
      if (at + this.value === end) {
        this.valueStart = at;
        this.valueEnd = end;
        return table.find(this.view, start + 2, value);
      }
    }
    let key = -1;
    let keyEnd = -1;
    this.valueStart = this.valueEnd = 0;
    for (let p = start; p < end; ) {
      const tag = buf[p];
      if (tag !== 0x0a && tag !== 0x12) {
        p = this.skip(p, end, KEY_VALUE);
        continue;
      }
      p = this.length(p + 1, end);
      if (tag === 0x0a) key = p;
      else this.valueStart = p;
      p += this.value;
      if (tag === 0x0a) keyEnd = p;
      else this.valueEnd = p;
    }
    return key < 0 ? -1 : table.find(this.view, key, keyEnd);
  }

  /** Reads an AnyValue: a string's range, or a number. Of several values the last one counts, as protobuf's oneof asks. */
  protected anyValue(start: number, end: number): number {
    const { buf } = this;
    let type: number = TYPE.other;
    for (let p = start; p < end; ) {
      switch (buf[p]) {
        case 0x0a:
          p = this.length(p + 1, end);
          this.valueStart = p;
          p += this.value;
          this.valueEnd = p;
          type = TYPE.string;
          break;
        case 0x10:
          p = this.varint(p + 1, end);
          this.valueNumber = this.value === 0 ? 0 : 1;
          type = TYPE.bool;
          break;
        case 0x18:
          p = this.varint(p + 1, end);
          this.valueNumber = this.value < 2 ** 53 ? this.value : this.signed(p);
          type = TYPE.int;
          break;
        case 0x21:
          if (p + 9 > end) throw new Malformed('a field reaches past the end of its message');
          this.valueNumber = this.view.getFloat64(p + 1, true);
          p += 9;
          type = TYPE.double;
          break;
        default:
          p = this.skip(p, end, ANY_VALUE);
          type = TYPE.other;
      }
    }
    return type;
  }
}
