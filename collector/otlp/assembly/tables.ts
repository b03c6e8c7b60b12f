import { COLUMNS, EMPTY_ID, OVERFLOW_ID } from './generated/contract';
import { unknown } from './host';
import { BODY, DESCRIPTORS, FIELDS, KEY_BYTES, KEY_BYTES_END, KEY_SLOTS, reserve, STATUSES } from './layout';

/** What is found by its bytes: the attribute keys and member names that are read, and the spellings of label values that were seen. */

/** Bytes of a field: the key's length and last four bytes, where the key stands, what becomes of its value (KIND), and the target. */
const FIELD: usize = 16;
/** No key that is read is shorter. */
const SHORTEST: usize = 4;
const MOST_FIELDS: usize = 255;
let fields: usize = 0;
let keyBytes: usize = KEY_BYTES;

/** Adds the key whose `length` bytes stand at the body's place; false when it is too short or there is no room. */
export function addKey(table: usize, kind: u32, target: u32, length: usize): bool {
  if (length < SHORTEST || fields === MOST_FIELDS || keyBytes + length > KEY_BYTES_END) return false;
  const tail = load<u32>(BODY + length - 4);
  let slot = slotOf(tail, length);
  while (load<u8>(table + slot) !== 0) slot = nextSlot(slot);
  store<u8>(table + slot, <u8>++fields);
  const field = fieldAt(fields);
  store<u32>(field, <u32>length);
  store<u32>(field, tail, 4);
  store<u32>(field, <u32>keyBytes, 8);
  store<u16>(field, <u16>kind, 12);
  store<u16>(field, <u16>target, 14);
  memory.copy(keyBytes, BODY, length);
  keyBytes += length;
  return true;
}

/** Many times more slots than keys, so that a key nobody reads, as most are, nearly always meets an empty one. */
function slotOf(tail: u32, length: usize): usize {
  return ((tail ^ <u32>length) * 0x9e3779b1) >>> 22;
}

function nextSlot(slot: usize): usize {
  return (slot + 1) & (KEY_SLOTS - 1);
}

function fieldAt(number: usize): usize {
  return FIELDS - FIELD + number * FIELD;
}

/** Finds the field of a key; 0 for one that nobody reads. */
export function find(table: usize, start: usize, length: usize): usize {
  if (length < SHORTEST) return 0;
  const tail = load<u32>(start + length - 4);
  const mark = ((<u64>tail) << 32) | <u64>length;
  let slot = slotOf(tail, length);
  let number = <usize>load<u8>(table + slot);
  while (number !== 0) {
    const field = fieldAt(number);
    if (load<u64>(field) === mark && sameKey(start, load<u32>(field, 8), length)) return field;
    slot = nextSlot(slot);
    number = load<u8>(table + slot);
  }
  return 0;
}

/** Compares two keys whose last four bytes are known to be the same. */
function sameKey(a: usize, b: usize, length: usize): bool {
  return length < 8 ? load<u32>(a) === load<u32>(b) : sameLong(a, b, length);
}

export function kindOf(field: usize): u32 {
  return load<u16>(field, 12);
}

export function targetOf(field: usize): u32 {
  return load<u16>(field, 14);
}

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

/** Sets room aside for the spellings of a column's values: two for each of its budget, and some to spare. */
export function addColumn(column: u32, budget: u32, maxLength: u32): void {
  const most = budget * 2 + 64;
  const slots: u32 = 1 << (33 - clz(most - 1));
  const at = DESCRIPTORS + (column << 5);
  store<u32>(at, <u32>reserve((<u64>slots) << SLOT_SHIFT));
  store<u32>(at, slots - 1, MASK);
  const text = <u32>reserve(<u64>most * maxLength);
  store<u32>(at, text, TEXT);
  store<u32>(at, text, NEXT);
  store<u32>(at, text + most * maxLength, TEXT_END);
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

/**
 * Whether two strings of `length` bytes are the same; there are eight or more. Most have up to 32, which takes two comparisons whose words may
 * overlap, and no loop: how often one runs is what a processor guesses worst.
 */
function sameLong(a: usize, b: usize, length: usize): bool {
  if (length <= 16) {
    const last = length - 8;
    return ((load<u64>(a) ^ load<u64>(b)) | (load<u64>(a + last) ^ load<u64>(b + last))) === 0;
  }
  const last = length - 16;
  for (let i: usize = 16; i < last; i += 16) if (v128.any_true(differences(a + i, b + i))) return false;
  return !v128.any_true(v128.or(differences(a, b), differences(a + last, b + last)));
}

function differences(a: usize, b: usize): v128 {
  return v128.xor(v128.load(a), v128.load(b));
}

/** Up to eight bytes as a word; what stands behind them is read, but left out. */
function shortWord(at: usize, length: usize): u64 {
  return load<u64>(at) & (u64.MAX_VALUE >>> (64 - ((<u64>length) << 3)));
}
