import { FieldTable } from './field-table.ts';

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

/** The number of the member name in these bytes, or -1 for one nobody reads. */
export function keyOf(view: DataView, start: number, end: number): number {
  const found = KEY_TABLE.find(view, start, end);
  return found < 0 ? -1 : KEY_TABLE.kinds[found]!;
}
