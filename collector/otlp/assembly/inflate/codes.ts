import { bits, count, drop, refill, take } from './bits';
import {
  CODES,
  LITERAL_BITS,
  LITERAL_MEANING,
  LITERALS,
  LITERALS_END,
  OFFSET_BITS,
  OFFSET_MEANING,
  OFFSETS,
  OFFSETS_END,
  REPEAT_BITS,
  REPEAT_CODES,
  REPEAT_MEANING,
  REPEATS,
  REPEATS_END,
} from './layout';
import { build } from './table';

/** The order in which the lengths of the codes for lengths come, five bits each: 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, then 11, 4, 12, 3, 13, 2, 14, 1, 15. */
const ORDER: u64 = 0xaa324e804a30;
const ORDER_END: u64 = 0xf0b84d1b08b;

function tables(literals: u32, offsets: u32): bool {
  return (
    build(CODES, literals, LITERAL_MEANING, LITERALS, LITERALS_END, LITERAL_BITS) &&
    build(CODES + literals, offsets, OFFSET_MEANING, OFFSETS, OFFSETS_END, OFFSET_BITS)
  );
}

/** The tables of a block with fixed codes (RFC 1951, 3.2.6). */
export function fixedTables(): bool {
  memory.fill(CODES, 8, 144);
  memory.fill(CODES + 144, 9, 112);
  memory.fill(CODES + 256, 7, 24);
  memory.fill(CODES + 280, 8, 8);
  memory.fill(CODES + 288, 5, 32);
  return tables(288, 32);
}

/** Reads a block's codes (RFC 1951, 3.2.7) and makes their tables. False when anything about them is unusual. */
export function dynamicTables(): bool {
  const literals = take(5) + 257;
  const offsets = take(5) + 1;
  const repeats = take(4) + 4;
  if (literals > 286 || offsets > 30) return false;
  memory.fill(REPEAT_CODES, 0, 19);
  let order = ORDER;
  for (let i: u32 = 0; i < repeats; i++) {
    if (i === 10) order = ORDER_END;
    if (count < 3) refill();
    store<u8>(REPEAT_CODES + (<usize>order & 31), <u8>take(3));
    order >>>= 5;
  }
  if (!build(REPEAT_CODES, 19, REPEAT_MEANING, REPEATS, REPEATS_END, REPEAT_BITS)) return false;
  const all = literals + offsets;
  let i: u32 = 0;
  while (i < all) {
    refill();
    const entry = load<u32>(REPEATS + ((<usize>(<u32>bits & 127)) << 2));
    drop(entry & 63);
    const symbol = entry >>> 16;
    if (symbol < 16) store<u8>(CODES + i++, <u8>symbol);
    else if (symbol > 16) i += zeros(i, symbol === 17 ? take(3) + 3 : take(7) + 11);
    else {
      if (i === 0) return false;
      const times = take(2) + 3;
      const repeated = 0x01010101 * <u32>load<u8>(CODES + i - 1);
      store<u32>(CODES + i, repeated);
      store<u32>(CODES + i, repeated, 4);
      i += times;
    }
  }
  return i === all && load<u8>(CODES + 256) !== 0 && tables(literals, offsets);
}

function zeros(from: u32, times: u32): u32 {
  for (let i: u32 = 0; i < times; i += 8) store<u64>(CODES + from + i, 0);
  return times;
}
