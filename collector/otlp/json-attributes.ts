import type { FieldTable } from './field-table.ts';
import { KEY as KEY_OF, keyOf } from './json-keys.ts';
import { Phrases } from './json-phrases.ts';
import type { JsonReader } from './json-reader.ts';
import { runEnd } from './json-scan.ts';
import { type JsonValues, TYPE } from './json-values.ts';

/** The list has no more attributes. */
export const END_OF_LIST = -2;
const NOT_USUAL = -3;

const text = (words: string): readonly number[] => [...new TextEncoder().encode(words)];
const KEY = text('{"key":"');
const VALUE = text('","value":{"');
/** How a value begins, by its type; an integer is written as a string, as the specification asks, or bare. */
const BEGINNINGS: readonly [bytes: readonly number[], type: number, quoted: number][] = [
  [text('stringValue":"'), TYPE.string, 1],
  [text('intValue":"'), TYPE.int, 1],
  [text('intValue":'), TYPE.int, 0],
  [text('doubleValue":'), TYPE.double, 0],
];
const QUOTE = 0x22;
const COMMA = 0x2c;
/** `}}`, at the end of every usual attribute. */
const BRACES = 0x7d7d;

/**
 * Reads the lists of attributes of spans, or of resources. Every SDK's serializer writes `{"key":"…","value":{"stringValue":"…"}}`
 * and the same with `intValue` and `doubleValue`: no white space, key first, no escapes. That is guessed and compared; anything
 * else is read member by member.
 */
export class JsonAttributes {
  private readonly reader: JsonReader;
  private readonly values: JsonValues;
  private readonly table: FieldTable;
  private readonly phrases = new Phrases();
  /** Nesting where the attributes stand. */
  private readonly depth: number;

  constructor(reader: JsonReader, values: JsonValues, table: FieldTable, depth: number) {
    this.reader = reader;
    this.values = values;
    this.table = table;
    this.depth = depth;
  }

  /** The field of the list's next attribute, -1 for a key nobody reads, or END_OF_LIST. Its value is in `values`. */
  next(first: boolean): number {
    const field = this.usual(first);
    if (field !== NOT_USUAL) return field;
    return this.reader.nextElement(first) ? this.any() : END_OF_LIST;
  }

  /** Reads an attribute in the usual layout; else nothing. The comma before it is part of the phrase. */
  private usual(first: boolean): number {
    const { reader, phrases } = this;
    const from = reader.pos;
    if (first) phrases.begin();
    let meaning = phrases.match(reader.view, from);
    if (meaning >= 0) reader.pos = from + phrases.length;
    else {
      meaning = this.beginning(from, first);
      if (meaning < 0) return NOT_USUAL;
    }
    // Field plus one, type, quoted: see `beginning`.
    if (this.value((meaning >> 1) & 7, meaning & 1)) return (meaning >> 4) - 1;
    reader.pos = from;
    return NOT_USUAL;
  }

  /** Reads up to where the value begins, without a guess, and remembers it; -1 when it is not usual. */
  private beginning(from: number, first: boolean): number {
    const { reader } = this;
    const { buf, view } = reader;
    if (!first && buf[from] !== COMMA) return -1;
    const brace = first ? from : from + 1;
    const key = brace + KEY.length;
    if (!startsWith(buf, brace, KEY)) return -1;
    const keyEnd = runEnd(buf, view, key);
    if (!startsWith(buf, keyEnd, VALUE)) return -1;
    const value = keyEnd + VALUE.length;
    const found = BEGINNINGS.find(([bytes]) => startsWith(buf, value, bytes));
    if (!found) return -1;
    const [bytes, type, quoted] = found;
    const meaning = ((this.table.find(view, key, keyEnd) + 1) << 4) | (type << 1) | quoted;
    reader.pos = value + bytes.length;
    this.phrases.learn(view, from, reader.pos, meaning);
    return meaning;
  }

  private any(): number {
    const { reader, values, table } = this;
    let field = -1;
    values.type = TYPE.other;
    if (!reader.enterObject()) return -1;
    for (let first = true; reader.nextKey(first); first = false) {
      const key = keyOf(reader);
      if (key === KEY_OF.key && reader.peek() === QUOTE) {
        reader.string();
        field = reader.escaped ? table.findText(reader.text()) : table.find(reader.view, reader.start, reader.end);
      } else if (key === KEY_OF.value) values.any(this.depth + 1);
      else reader.skip(this.depth);
    }
    return field;
  }

  /** Reads the value at the reader's position and the attribute's end; false when it is not usual. */
  private value(type: number, quoted: number): boolean {
    const { reader, values } = this;
    const { buf, view } = reader;
    const start = reader.pos;
    let end: number;
    if (type === TYPE.string) {
      end = runEnd(buf, view, start);
      values.start = start;
      values.end = end;
      values.text = undefined;
    } else if (type === TYPE.int) {
      let value = 0;
      end = start;
      for (let d = buf[end]! - 0x30; d >= 0 && d <= 9; d = buf[++end]! - 0x30) value = value * 10 + d;
      const digits = end - start;
      if (digits === 0 || digits > 15 || (buf[start] === 0x30 && digits > 1)) return false;
      values.number = value;
    } else {
      const first = buf[start]!;
      if (first < 0x30 || first > 0x39) return false;
      values.number = reader.number();
      end = reader.pos;
    }
    if (quoted === 1 && buf[end++] !== QUOTE) return false;
    if (end + 2 > buf.length || view.getUint16(end) !== BRACES) return false;
    values.type = type;
    reader.pos = end + 2;
    return true;
  }
}

function startsWith(buf: Uint8Array, p: number, bytes: readonly number[]): boolean {
  for (let i = 0; i < bytes.length; i++) if (buf[p + i] !== bytes[i]) return false;
  return true;
}
