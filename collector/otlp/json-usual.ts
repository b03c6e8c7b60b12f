import type { FieldTable } from './field-table.ts';
import { type JsonReader, STOP } from './json-reader.ts';
import type { JsonValues } from './json-values.ts';

/** The bytes are not in the usual layout; nothing has been read. */
export const NOT_USUAL = -2;

const word = (text: string): number => new DataView(new TextEncoder().encode(text).buffer).getInt32(0);
const KEY = [word('{"ke'), word('y":"')] as const;
const VALUE = [word('","v'), word('alue'), word('":{"')] as const;
const STRING = [word('stri'), word('ngVa'), word('lue"')] as const;
const INT = [word('intV'), word('alue')] as const;
const DOUBLE = [word('doub'), word('leVa'), word('lue"')] as const;
const QUOTE = 0x22;
/** The longest fixed part. */
const MARGIN = 64;

/**
 * Reads `{"key":"…","value":{"stringValue":"…"}}` and the same with `intValue` and `doubleValue`, as every SDK's serializer writes them: no white
 * space, key first, no escapes. Compares four bytes at a time; anything else is left to the general reader.
 */
export class UsualAttribute {
  private readonly reader: JsonReader;
  private readonly values: JsonValues;

  constructor(reader: JsonReader, values: JsonValues) {
    this.reader = reader;
    this.values = values;
  }

  /** The key's field, -1 for a key nobody reads, or NOT_USUAL; the value is in `values`. */
  read(table: FieldTable): number {
    const { reader, values } = this;
    const { buf, view } = reader;
    const from = reader.pos;
    const last = buf.length - MARGIN;
    if (from > last || view.getInt32(from) !== KEY[0] || view.getInt32(from + 4) !== KEY[1]) return NOT_USUAL;
    const key = from + 8;
    let p = key;
    while (STOP[buf[p]!] === 0) p++;
    if (
      p > last ||
      view.getInt32(p) !== VALUE[0] ||
      view.getInt32(p + 4) !== VALUE[1] ||
      view.getInt32(p + 8) !== VALUE[2]
    )
      return NOT_USUAL;
    const keyEnd = p;
    p += 12;
    if (view.getInt32(p) === STRING[0] && view.getInt32(p + 4) === STRING[1] && view.getInt32(p + 8) === STRING[2]) {
      if (buf[p + 12] !== 0x3a || buf[p + 13] !== QUOTE) return NOT_USUAL;
      const start = p + 14;
      p = start;
      while (STOP[buf[p]!] === 0) p++;
      if (buf[p] !== QUOTE || buf[p + 1] !== 0x7d || buf[p + 2] !== 0x7d) return NOT_USUAL;
      values.type = 'string';
      values.start = start;
      values.end = p;
      values.text = undefined;
      reader.pos = p + 3;
      return table.find(view, key, keyEnd);
    }
    if (view.getInt32(p) === DOUBLE[0] && view.getInt32(p + 4) === DOUBLE[1] && view.getInt32(p + 8) === DOUBLE[2])
      return this.double(p + 12, from) ? table.find(view, key, keyEnd) : NOT_USUAL;
    if (view.getInt32(p) !== INT[0] || view.getInt32(p + 4) !== INT[1] || buf[p + 8] !== QUOTE || buf[p + 9] !== 0x3a)
      return NOT_USUAL;
    p += 10;
    const quoted = buf[p] === QUOTE;
    if (quoted) p++;
    const digits = p;
    let value = 0;
    for (let d = buf[p]! - 0x30; d >= 0 && d <= 9; d = buf[++p]! - 0x30) value = value * 10 + d;
    const count = p - digits;
    if (count === 0 || count > 15 || (buf[digits] === 0x30 && count > 1)) return NOT_USUAL;
    if (quoted && buf[p++] !== QUOTE) return NOT_USUAL;
    if (buf[p] !== 0x7d || buf[p + 1] !== 0x7d) return NOT_USUAL;
    values.type = 'int';
    values.number = value;
    reader.pos = p + 2;
    return table.find(view, key, keyEnd);
  }

  /** Reads `:1.5}}` at `p`; goes back to `from` when something else stands there. */
  private double(p: number, from: number): boolean {
    const { reader, values } = this;
    const { buf } = reader;
    const first = buf[p + 1]!;
    if (buf[p] !== 0x3a || first < 0x30 || first > 0x39) return false;
    reader.pos = p + 1;
    values.number = reader.number();
    values.type = 'double';
    if (buf[reader.pos] === 0x7d && buf[reader.pos + 1] === 0x7d) {
      reader.pos += 2;
      return true;
    }
    reader.pos = from;
    return false;
  }
}
