import { sameLong } from './bytes';
import { KEY_SLOTS } from './layout';

/** Bytes of a field: the key's length and last four bytes, where the key stands, what becomes of its value (KIND), and the target. */
const FIELD: usize = 16;
/** No key that is read is shorter. */
const SHORTEST: usize = 4;

/** Finds the field of an attribute key; 0 for a key that nobody reads. The slot follows from length and last four bytes. */
export function find(table: usize, start: usize, length: usize): usize {
  if (length < SHORTEST) return 0;
  const tail = load<u32>(start + length - 4);
  const mark = ((<u64>tail) << 32) | <u64>length;
  let slot = ((tail ^ <u32>length) * 0x9e3779b1) >>> 22;
  let number = <usize>load<u8>(table + slot);
  while (number !== 0) {
    const field = table + KEY_SLOTS - FIELD + number * FIELD;
    if (load<u64>(field) === mark) {
      if (same(start, load<u32>(field, 8), length)) return field;
    }
    slot = (slot + 1) & (<u32>KEY_SLOTS - 1);
    number = load<u8>(table + slot);
  }
  return 0;
}

/** Compares two keys whose last four bytes are known to be the same. */
function same(a: usize, b: usize, length: usize): bool {
  return length < 8 ? load<u32>(a) === load<u32>(b) : sameLong(a, b, length);
}

export function kindOf(field: usize): u32 {
  return load<u16>(field, 12);
}

export function targetOf(field: usize): u32 {
  return load<u16>(field, 14);
}
