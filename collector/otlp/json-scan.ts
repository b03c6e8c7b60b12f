/** Reading text several bytes at a time. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const STOP = Uint8Array.from({ length: 256 }, (_, c) => (c === QUOTE || c === BACKSLASH || c < 0x20 ? 1 : 0));

/** Where the run of plain string characters from `p` on ends: at a quote, a backslash, a control character or the end. */
export function runEnd(buf: Uint8Array, view: DataView, p: number): number {
  let at = p;
  for (const last = buf.length - 4; at <= last; at += 4) {
    const word = view.getInt32(at, true);
    // The high bit of a byte below 0x20, or equal to a quote or backslash; the lowest such bit is right, higher ones may be borrowed.
    const hits =
      ((word - 0x20202020) | ((word ^ 0x22222222) - 0x01010101) | ((word ^ 0x5c5c5c5c) - 0x01010101)) &
      ~word &
      0x80808080;
    if (hits !== 0) return at + ((31 - Math.clz32(hits & -hits)) >> 3);
  }
  while (STOP[buf[at]!] === 0) at++;
  return at;
}

/** Four decimal digits, or -1. */
export function fourDigits(view: DataView, p: number): number {
  const word = view.getInt32(p, true) - 0x30303030;
  if (((word | (word + 0x76767676)) & 0x80808080) !== 0) return -1;
  const pairs = Math.imul(word, 10) + (word >>> 8);
  return (pairs & 0xff) * 100 + ((pairs >>> 16) & 0xff);
}

/** A byte by two hexadecimal digits read as one little-endian number; -1 for anything else. */
export const HEX_PAIR = new Int16Array(65_536).fill(-1);
const DIGITS = '0123456789abcdefABCDEF';
for (const high of DIGITS)
  for (const low of DIGITS) HEX_PAIR[high.charCodeAt(0) | (low.charCodeAt(0) << 8)] = Number.parseInt(high + low, 16);

/** Powers of ten a double holds exactly; dividing by one rounds once, as IEEE 754 asks. */
export const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
