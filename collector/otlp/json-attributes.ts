import { TYPE } from '../../src/aggregate/row-builder.ts';
import type { FieldTable } from './field-table.ts';
import { KEY, keyOf } from './json-keys.ts';
import type { JsonReader } from './json-reader.ts';
import { runEnd } from './json-scan.ts';
import type { JsonValues } from './json-values.ts';

const QUOTE = 0x22;
/** Four bytes of a phrase as one little-endian number. */
const word = (text: string): number => Buffer.from(text).readInt32LE(0);
const [KEY_0, KEY_1] = [word('{"ke'), word('y":"')];
const [VALUE_0, VALUE_1, VALUE_2] = [word('","v'), word('alue'), word('":{"')];
const [STRING_0, STRING_1, STRING_2] = [word('stri'), word('ngVa'), word('lue"')];
const COLON_QUOTE = 0x223a;
const END = 0x7d7d;
const OBJECT_END = 0x7d;
/** Bytes of what stands before the key, between key and value, before the value's text and behind it. */
const [BEFORE, BETWEEN, TYPED, BEHIND] = [8, 12, 14, 3];
const NOT_USUAL = -2;

/** Reads the lists of attributes of spans, or of resources, member by member. */
export class JsonAttributes {
  private readonly reader: JsonReader;
  private readonly values: JsonValues;
  private readonly table: FieldTable;
  /** Nesting where the attributes stand. */
  private readonly depth: number;

  constructor(reader: JsonReader, values: JsonValues, table: FieldTable, depth: number) {
    this.reader = reader;
    this.values = values;
    this.table = table;
    this.depth = depth;
  }

  /** Reads a list; calls `set` with the field of every attribute that somebody reads. Its value is in `values`. */
  list(set: (field: number) => void): void {
    const { reader } = this;
    if (!reader.enterArray()) return;
    for (let first = true; reader.nextElement(first); first = false) {
      const field = this.attribute();
      if (field >= 0) set(field);
    }
  }

  private attribute(): number {
    const { reader, values, table } = this;
    const usual = this.usualAttribute();
    if (usual !== NOT_USUAL) return usual;
    let field = -1;
    values.type = TYPE.other;
    if (!reader.enterObject()) return -1;
    for (let first = true; reader.nextKey(first); first = false) {
      const key = keyOf(reader);
      if (key === KEY.key && reader.peek() === QUOTE) {
        reader.string();
        field = reader.escaped ? table.findText(reader.text()) : table.find(reader.view, reader.start, reader.end);
      } else if (key === KEY.value) values.any(this.depth + 1);
      else reader.skip(this.depth);
    }
    return field;
  }

  /**
   * Every serializer writes attributes alike, and most are strings: `{"key":"…","value":{"stringValue":"…"}}`. Such a one is read in four
   * steps; of what is written otherwise nothing is read. As `attribute`, or NOT_USUAL.
   */
  private usualAttribute(): number {
    const { reader, values } = this;
    const { buf, view, pos } = reader;
    const last = buf.length - BETWEEN - TYPED - BEHIND;
    if (pos + BEFORE > last || view.getInt32(pos, true) !== KEY_0 || view.getInt32(pos + 4, true) !== KEY_1)
      return NOT_USUAL;
    const keyEnd = runEnd(buf, view, pos + BEFORE);
    if (
      keyEnd > last ||
      view.getInt32(keyEnd, true) !== VALUE_0 ||
      view.getInt32(keyEnd + 4, true) !== VALUE_1 ||
      view.getInt32(keyEnd + 8, true) !== VALUE_2
    )
      return NOT_USUAL;
    const type = keyEnd + BETWEEN;
    if (!this.stringValue(type)) {
      reader.pos = type - 2;
      values.any(this.depth + 1);
      if (buf[reader.pos] !== OBJECT_END) {
        reader.pos = pos;
        return NOT_USUAL;
      }
      reader.pos++;
    }
    return this.table.find(view, pos + BEFORE, keyEnd);
  }

  /** Reads `stringValue":"…"}}`; false, and nothing has been read, where something else stands. */
  private stringValue(at: number): boolean {
    const { buf, view } = this.reader;
    if (
      view.getInt32(at, true) !== STRING_0 ||
      view.getInt32(at + 4, true) !== STRING_1 ||
      view.getInt32(at + 8, true) !== STRING_2 ||
      view.getUint16(at + 12, true) !== COLON_QUOTE
    )
      return false;
    const end = runEnd(buf, view, at + TYPED);
    if (end + BEHIND > buf.length || buf[end] !== QUOTE || view.getUint16(end + 1, true) !== END) return false;
    this.values.stringAt(at + TYPED, end);
    this.reader.pos = end + BEHIND;
    return true;
  }
}
