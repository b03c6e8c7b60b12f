import { BODY_ROOM, COLUMNS, DOUBLES, INTS, ROWS_ROOM } from './generated/contract';

/** Where things stand in the module's memory. All of it is laid out here, so nothing that a body says can make the memory grow. */

/** What one step may read behind the body's end, or write behind a row's. */
const MARGIN: usize = 512;

/** Bytes, 32 for each kind of message: the wire type of every field number. */
export const TYPES: usize = 0x0000;
/** Tables of the attribute keys that are read: a slot is a byte, of which most are empty; then the fields. See keys.ts. */
export const SPAN_KEYS: usize = 0x0400;
export const RESOURCE_KEYS: usize = 0x0c00;
/** The same of member names in JSON. */
export const NAMES: usize = 0x4000;
export const KEY_SLOTS: usize = 1024;
export const KEY_FIELDS: usize = 0x0800 - KEY_SLOTS;
export const KEY_BYTES: usize = 0x1400;
export const KEY_BYTES_END: usize = 0x2000;
/** Ids of the service, version and environment of the resource being read. */
export const RESOURCE: usize = 0x2000;
/** One descriptor per label column. See spellings.ts. */
export const DESCRIPTORS: usize = 0x2100;
/** 32-bit: ids of status codes that came as integers, by code. */
export const STATUSES: usize = DESCRIPTORS + COLUMNS * 32;

/** Text that is compared with. Behind it stands what the compiler keeps in memory: see `base` in scripts/gen-assembly.ts. */
export const PHRASES: usize = 0x4800;

/** The tables of all columns, and the spellings in them. */
export const SPELLINGS: usize = 0x10000;
export const SPELLINGS_END: usize = SPELLINGS + (4 << 20);
/** Integers and numbers of the rows, as src/aggregate/batch.ts has them; the last row is never kept. */
export const ROWS_INTS: usize = SPELLINGS_END + MARGIN;
export const ROWS_NUMBERS: usize = aligned(ROWS_INTS + ROWS_ROOM * INTS * 4 + MARGIN);
export const BODY: usize = aligned(ROWS_NUMBERS + ROWS_ROOM * DOUBLES * 8 + MARGIN);
export const MEMORY_END: usize = BODY + BODY_ROOM + MARGIN;

function aligned(at: usize): usize {
  return (at + 63) & ~63;
}
