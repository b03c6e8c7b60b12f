import { sameLong, shortWord } from './bytes';
import { COLUMNS, EMPTY_ID, OVERFLOW_ID } from './generated/contract';
import { unknown } from './host';
import { BODY, DESCRIPTORS, SPELLINGS, SPELLINGS_END, STATUSES } from './layout';

/** Longest chain looked at; a crafted longer one costs the way through JavaScript, never a wrong answer. */
const PROBES: u32 = 8;

/** A column's descriptor: its slots, their number less one, and where its text begins, goes on and must end. */
const MASK: usize = 4;
const TEXT: usize = 8;
const NEXT: usize = 12;
const TEXT_END: usize = 16;

/** A slot: the hash, how many bytes (0 is an empty slot), where they stand, and the value's id. */
const SLOT_SHIFT: u32 = 4;
const LENGTH: usize = 4;
const AT: usize = 8;
const ID: usize = 12;

let free: usize = SPELLINGS;

/** Makes room for a column's spellings, of `bytes` in all. `slots` is a power of two. False when the memory does not have it. */
export function addColumn(column: u32, slots: u32, bytes: u32): bool {
  const at = DESCRIPTORS + (column << 5);
  const text = free + (slots << SLOT_SHIFT);
  if (text + bytes > SPELLINGS_END) return false;
  store<u32>(at, <u32>free);
  store<u32>(at, slots - 1, MASK);
  store<u32>(at, <u32>text, TEXT);
  store<u32>(at, <u32>text, NEXT);
  free = text + bytes;
  store<u32>(at, <u32>free, TEXT_END);
  return true;
}

/** Forgets every spelling and status: ids may have changed hands. */
export function forget(): void {
  memory.fill(STATUSES, 0, 4000);
  for (let column: u32 = 0; column < COLUMNS; column++) {
    const at = DESCRIPTORS + (column << 5);
    memory.fill(load<u32>(at), 0, (load<u32>(at, MASK) + 1) << SLOT_SHIFT);
    store<u32>(at, load<u32>(at, TEXT), NEXT);
  }
}

/** Odd, and as large as a number of JavaScript can be. */
const MIX: u64 = 0x1b3779b97f4a7d;

/** Of the first, the middle and the last eight bytes. Collisions can be forced, so the probes are bounded. */
function hashOf(start: usize, length: usize): u32 {
  let h: u64 = <u64>length;
  if (length <= 8) h ^= shortWord(start, length);
  else {
    h = (h ^ load<u64>(start)) * MIX;
    const rest = load<u64>(start + (length >>> 1) - 4) * MIX + load<u64>(start + length - 8);
    h ^= (h >>> 29) ^ (rest >>> 31) ^ rest;
  }
  h = (h ^ (h >>> 32)) * MIX;
  return <u32>(h >>> 32);
}

function same(a: usize, b: usize, length: usize): bool {
  return length < 8 ? shortWord(a, length) === shortWord(b, length) : sameLong(a, b, length);
}

/** The id of the label value whose UTF-8 bytes stand at `[start, end)`; only a spelling that is not known goes through JavaScript. */
export function intern(column: u32, start: usize, end: usize): u32 {
  const length = end - start;
  if (length === 0) return EMPTY_ID;
  const hash = hashOf(start, length);
  const table = DESCRIPTORS + (column << 5);
  const slots = <usize>load<u32>(table);
  const mask = load<u32>(table, MASK);
  let slot = hash & mask;
  for (let i: u32 = 0; i < PROBES; i++) {
    const at = slots + ((<usize>slot) << SLOT_SHIFT);
    const known = <usize>load<u32>(at, LENGTH);
    if (known === 0) return learn(column, start, length, hash, at);
    if (known === length && load<u32>(at) === hash && same(start, load<u32>(at, AT), length)) return load<u32>(at, ID);
    slot = (slot + 1) & mask;
  }
  return unknown(column, start - BODY, end - BODY);
}

/** Asks for the id and keeps it at the empty slot, if there is room. What found no room among the labels may find it later. */
function learn(column: u32, start: usize, length: usize, hash: u32, at: usize): u32 {
  const id = unknown(column, start - BODY, start + length - BODY);
  const table = DESCRIPTORS + (column << 5);
  const text = <usize>load<u32>(table, NEXT);
  if (id === OVERFLOW_ID || text + length > <usize>load<u32>(table, TEXT_END)) return id;
  memory.copy(text, start, length);
  store<u32>(table, <u32>(text + length), NEXT);
  store<u32>(at, hash);
  store<u32>(at, <u32>length, LENGTH);
  store<u32>(at, <u32>text, AT);
  store<u32>(at, id, ID);
  return id;
}
