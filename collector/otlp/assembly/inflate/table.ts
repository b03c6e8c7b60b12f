import { COUNTS, SORTED, STARTS } from './layout';

/**
 * An entry of a table: bits 0–5 are the bits to drop, 8–13 those of them that are the code's own; bits 16–30 are the value, to which the extra
 * bits are added. LITERAL: the value is a byte of output. EXCEPTION: the value is no length or distance. LONGER: it is where the table of
 * the code's remaining bits begins, and bits 8–13 are how many of them it looks up.
 */
export const LITERAL: u32 = 0x80000000;
export const EXCEPTION: u32 = 0x8000;
export const LONGER: u32 = 0x4000;

const LONGEST: u32 = 15;

/**
 * Builds the table of a prefix code from the lengths of its codes, which stand at `codes`. `bits` bits are looked up at once. False when
 * the code is over-subscribed or incomplete, or its table does not fit: zlib then decides what that means.
 */
export function build(codes: usize, symbols: u32, meaning: usize, table: usize, end: usize, bits: u32): bool {
  memory.fill(COUNTS, 0, 32);
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const at = COUNTS + ((<usize>load<u8>(codes + symbol)) << 1);
    store<u16>(at, load<u16>(at) + 1);
  }
  let start: u32 = 0;
  let left: i32 = 1;
  for (let length: u32 = 1; length <= LONGEST; length++) {
    store<u16>(STARTS + (length << 1), <u16>start);
    const count = <u32>load<u16>(COUNTS + (length << 1));
    start += count;
    left = (left << 1) - <i32>count;
    if (left < 0) return false;
  }
  if (left !== 0) return false;
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const length = <usize>load<u8>(codes + symbol);
    if (length === 0) continue;
    const at = STARTS + (length << 1);
    const next = <u32>load<u16>(at);
    store<u16>(at, <u16>(next + 1));
    store<u16>(SORTED + (next << 1), <u16>symbol);
  }
  return fill(meaning, table, end, bits);
}

function entryOf(meaning: usize, at: usize, length: u32): u32 {
  const entry = load<u32>(meaning + ((<usize>load<u16>(at)) << 2));
  return entry + length + (length << 8);
}

/** The code after `code` among those of `length` bits, first bit lowest; none follows the one that is all ones. */
function following(code: u32, length: u32): u32 {
  const zeros = code ^ ((1 << length) - 1);
  if (zeros === 0) return 0;
  const bit = (<u32>1) << (31 - clz(zeros));
  return (code & (bit - 1)) | bit;
}

function fill(meaning: usize, table: usize, end: usize, bits: u32): bool {
  let at = SORTED;
  let code: u32 = 0;
  let length: u32 = 1;
  // Shorter codes stand in the table as often as there are bits after them: it is doubled from one length to the next.
  for (; length <= bits; length++) {
    const half = (<usize>4) << (length - 1);
    memory.copy(table + half, table, half);
    for (let count = <u32>load<u16>(COUNTS + (length << 1)); count > 0; count--) {
      store<u32>(table + ((<usize>code) << 2), entryOf(meaning, at, length));
      code = following(code, length);
      at += 2;
    }
  }
  const mask: u32 = (1 << bits) - 1;
  let next = table + ((<usize>4) << bits);
  let sub: usize = 0;
  let subBits: u32 = 0;
  let prefix: u32 = u32.MAX_VALUE;
  for (; length <= LONGEST; length++) {
    for (let count = <u32>load<u16>(COUNTS + (length << 1)); count > 0; count--) {
      if ((code & mask) !== prefix) {
        prefix = code & mask;
        subBits = length - bits;
        let room = <i32>((<u32>1) << subBits) - <i32>count;
        while (room > 0 && subBits + bits < LONGEST) {
          subBits++;
          room = (room << 1) - <i32>load<u16>(COUNTS + ((subBits + bits) << 1));
        }
        sub = next;
        next += (<usize>4) << subBits;
        if (next > end) return false;
        store<u32>(
          table + ((<usize>prefix) << 2),
          EXCEPTION | LONGER | ((<u32>((sub - table) >>> 2)) << 16) | (subBits << 8) | bits,
        );
      }
      const entry = entryOf(meaning, at, length - bits);
      for (let i = code >>> bits; i < (<u32>1) << subBits; i += (<u32>1) << (length - bits))
        store<u32>(sub + ((<usize>i) << 2), entry);
      code = following(code, length);
      at += 2;
    }
  }
  return true;
}
