import { COLUMNS, DOUBLES, INTS } from './generated/contract';

/**
 * Where things stand in the module's memory. The sizes that follow from limits and budgets come from the host once, through `setUp`; nothing
 * that a body says can make the memory grow.
 */

/** What one step may read behind the body's end, or write behind a row's. */
const MARGIN: usize = 512;

/** Bytes, 32 for each kind of message: the wire type of every field number. */
export const TYPES: usize = 0x0000;
/** Tables of the attribute keys that are read: a slot is a byte, of which most are empty; then the fields. See keys.ts. */
export const SPAN_KEYS: usize = 0x0400;
export const RESOURCE_KEYS: usize = 0x1000;
export const KEY_SLOTS: usize = 1024;
export const KEY_FIELDS: usize = 0x0c00 - KEY_SLOTS;
export const KEY_BYTES: usize = 0x1c00;
export const KEY_BYTES_END: usize = 0x3000;
/** Ids of the service, version and environment of the resource being read. */
export const RESOURCE: usize = 0x3000;
/** Where the values of the resource being read stand. See set.ts. */
export const RESOURCE_VALUES: usize = 0x3040;
/** One descriptor per label column. See spellings.ts. */
export const DESCRIPTORS: usize = 0x3100;
/** 32-bit: ids of status codes that came as integers, by code. */
export const STATUSES: usize = DESCRIPTORS + COLUMNS * 32;

/** The member names of OTLP/JSON that are read, as the tables of attribute keys. */
export const JSON_NAMES: usize = 0x5000;
/** 64-bit floats: powers of ten, as many as one holds exactly; dividing by one rounds once, as IEEE 754 asks. */
export const POWERS: usize = 0x5c00;
const POWER_COUNT: usize = 23;

export function powers(): void {
  let power: f64 = 1;
  for (let i: usize = 0; i < POWER_COUNT; i++, power *= 10) store<f64>(POWERS + (i << 3), power);
}

/** The tables of all columns, and the spellings in them. Before it stands what the compiler keeps: see `BASE` in scripts/gen-assembly.ts. */
export const SPELLINGS: usize = 0x10000;
export let SPELLINGS_END: usize = SPELLINGS;
/** Integers and numbers of the rows, as src/aggregate/batch.ts has them; the last row is never kept. */
export let ROWS_INTS: usize = 0;
export let ROWS_NUMBERS: usize = 0;
/** Rows that are kept of one body. */
export let ROWS_MOST: u32 = 0;
export let BODY: usize = 0;

/** Lays out the memory for so many bytes of spellings, rows and bytes of a body; returns how many bytes it takes in all. The host grows it. */
export function setUp(spellings: f64, rows: f64, body: f64): f64 {
  const room = <u64>rows + 1;
  const ints = <u64>SPELLINGS + <u64>spellings + MARGIN;
  const numbers = aligned(ints + room * INTS * 4 + MARGIN);
  const bytes = aligned(numbers + room * DOUBLES * 8 + MARGIN);
  SPELLINGS_END = <usize>(ints - MARGIN);
  ROWS_INTS = <usize>ints;
  ROWS_NUMBERS = <usize>numbers;
  ROWS_MOST = <u32>rows;
  BODY = <usize>bytes;
  return <f64>(bytes + <u64>body + MARGIN);
}

function aligned(at: u64): u64 {
  return (at + 63) & ~63;
}
