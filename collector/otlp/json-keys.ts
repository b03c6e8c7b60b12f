import { FieldTable } from './field-table.ts';
import type { JsonReader } from './json-reader.ts';

const KEYS = [
  'resourceSpans',
  'resource',
  'scopeSpans',
  'spans',
  'attributes',
  'key',
  'value',
  'traceId',
  'spanId',
  'traceState',
  'kind',
  'startTimeUnixNano',
  'endTimeUnixNano',
] as const;
const KEY_TABLE = new FieldTable(Object.fromEntries(KEYS.map((key, i) => [key, { kind: i, target: 0 }])));
/** Numbers of the member names the decoder reads. */
export const KEY = Object.fromEntries(KEYS.map((key, i) => [key, i])) as Record<(typeof KEYS)[number], number>;

/** The number of the member name just read, or -1 for one nobody reads. */
export function keyOf(reader: JsonReader): number {
  const found = reader.escaped
    ? KEY_TABLE.findText(reader.text())
    : KEY_TABLE.find(reader.view, reader.start, reader.end);
  return found < 0 ? -1 : KEY_TABLE.fields[found]!.kind;
}
