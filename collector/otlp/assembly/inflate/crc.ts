import { FOLD, FOLD_REACH, FOLD_WORDS, SLICES } from './layout';

const POLYNOMIAL: u32 = 0xedb88320;

/** Fills the tables: of a byte followed by none to seven bytes of zero. */
export function slices(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (POLYNOMIAL & -(crc & 1));
    store<u32>(SLICES + (byte << 2), crc);
  }
  for (let at = SLICES; at < SLICES + 7 * 1024; at += 4) {
    const crc = load<u32>(at);
    store<u32>(at + 1024, (crc >>> 8) ^ load<u32>(SLICES + ((crc & 0xff) << 2)));
  }
}

/** The table's value for the lowest byte of `word`, `after` bytes before the end of the eight. */
function slice(word: u32, after: usize): u32 {
  return load<u32>(SLICES + after * 1024 + ((word & 0xff) << 2));
}

function bytewise(start: u32, from: usize, to: usize): u32 {
  let crc = start;
  let at = from;
  for (; at + 8 <= to; at += 8) {
    const a = load<u32>(at) ^ crc;
    const b = load<u32>(at, 4);
    crc =
      slice(a, 7) ^
      slice(a >>> 8, 6) ^
      slice(a >>> 16, 5) ^
      slice(a >>> 24, 4) ^
      slice(b, 3) ^
      slice(b >>> 8, 2) ^
      slice(b >>> 16, 1) ^
      slice(b >>> 24, 0);
  }
  for (; at < to; at++) crc = (crc >>> 8) ^ slice(crc ^ load<u8>(at), 0);
  return crc;
}

const WORDS: usize = 8;
const REACH: usize = FOLD_REACH * WORDS;

/** Two words of the message at `at`, with what earlier words of the quotient add to them; those begin REACH before, at `fold`. */
function folded(at: usize, fold: usize): v128 {
  return v128.xor(
    v128.xor(v128.load(at), v128.load(fold)),
    v128.xor(v128.load(fold, 89 * WORDS), v128.xor(v128.load(fold, 117 * WORDS), v128.load(fold, 155 * WORDS))),
  );
}

/**
 * CRC-32 of the `length` bytes at `start`.
 *
 * x^300 + x^155 + x^117 + x^89 + 1 is a multiple of the polynomial: of those with five terms the only one up to degree 420. Squared six times it
 * has the same terms in powers of x^64. So a word of 64 bits may be struck out when it is added to the words 145, 183, 211 and 300 after
 * it: no shifts and no look-ups. The 300 words that are left go through the tables.
 */
export function crc(start: usize, length: usize): u32 {
  const end = start + length;
  if (length < 2 * REACH) return ~bytewise(u32.MAX_VALUE, start, end);
  memory.fill(FOLD, 0, REACH);
  // What the checksum starts with is added to the first word, as a word of the quotient so far before it is.
  store<u32>(FOLD, u32.MAX_VALUE);
  const stop = start + ((length - REACH) & ~31);
  let at = start;
  while (at < stop) {
    const chunk = FOLD + min(stop - at, FOLD_WORDS * WORDS);
    for (let fold = FOLD; fold < chunk; fold += 32) {
      v128.store(fold, folded(at, fold), REACH);
      v128.store(fold, folded(at + 16, fold + 16), REACH + 16);
      at += 32;
    }
    memory.copy(FOLD, chunk, REACH);
  }
  // The last words are added to, but not struck out.
  memory.fill(FOLD + REACH, 0, REACH);
  for (let fold = FOLD; fold < FOLD + REACH; fold += 16) {
    v128.store(fold, folded(at, fold));
    at += 16;
  }
  return ~bytewise(bytewise(0, FOLD, FOLD + REACH), at, end);
}
