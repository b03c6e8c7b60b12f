import { TYPE } from '../../src/aggregate/row-builder.ts';
import type { FieldTable } from './field-table.ts';
import { KEY, keyOf } from './json-keys.ts';
import type { JsonReader } from './json-reader.ts';
import type { JsonValues } from './json-values.ts';

const QUOTE = 0x22;

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
}
