import { COLUMNS, DOUBLES, INTS } from './generated/contract';

/**
 * Where things stand in the module's memory. The sizes that follow from limits and budgets come from the host once; nothing that a body says
 * can make the memory grow.
 */

/** What one step may read behind the body's end, or write behind a row's. */
const MARGIN: u64 = 512;

/** Tables of the keys that are read, of spans, of resources and of OTLP/JSON itself: see tables.ts. */
export const SPAN_KEYS: usize = 0x0400;
export const RESOURCE_KEYS: usize = 0x0800;
export const JSON_NAMES: usize = 0x0c00;
export const KEY_SLOTS: usize = 1024;
/** The fields of all tables; a slot is one byte, which can name 255. */
export const FIELDS: usize = 0x1000;
export const KEY_BYTES: usize = 0x2000;
export const KEY_BYTES_END: usize = 0x3000;
/** Ids of the service, version and environment of the resource being read. */
export const RESOURCE: usize = 0x3000;
/** Where the values of the resource being read stand. See rows.ts. */
export const RESOURCE_VALUES: usize = 0x3040;
/** The span being read. See rows.ts. */
export const SPAN: usize = 0x3080;
/** What became of the spans of a body. See rows.ts. */
export const COUNTS: usize = 0x30c0;
/** One descriptor per label column. See tables.ts. */
export const DESCRIPTORS: usize = 0x3100;
/** 32-bit: ids of status codes that came as integers, by code. */
export const STATUSES: usize = DESCRIPTORS + COLUMNS * 32;

/** Integers and numbers of the rows, as src/aggregate/batch.ts has them; the last row is never kept. */
export let ROWS_INTS: usize = 0;
export let ROWS_NUMBERS: usize = 0;
/** Rows that are kept of one body. */
export let ROWS_MOST: u32 = 0;
export let BODY: usize = 0;

/** What is free from here on. Before it stands what the compiler keeps: see `BASE` in scripts/gen-assembly.ts. */
let free: u64 = 0x10000;

/** Sets so many bytes aside, and a margin. The memory has them only once the host has seen to it. */
export function reserve(bytes: u64): usize {
  const at = free;
  free = (at + bytes + MARGIN + 63) & ~63;
  return <usize>at;
}

/** Makes room for rows and body, after that of the columns; returns how many bytes the memory takes, which is too much beyond 4 GiB. */
export function setUp(rows: u32, body: u32): f64 {
  const room = <u64>rows + 1;
  ROWS_MOST = rows;
  ROWS_INTS = reserve(room * INTS * 4);
  ROWS_NUMBERS = reserve(room * DOUBLES * 8);
  BODY = reserve(body);
  return <f64>free;
}
