import { at, leave, QUOTE } from './text';

/** Reads an identifier of 32 hexadecimal digits in quotes, and writes its bytes over them, where `p` is. */
export function traceId(p: usize): usize {
  if (at(p) !== QUOTE || at(p + 33) !== QUOTE) return leave();
  const bytes = i8x16.narrow_i16x8_u(byHalves(p + 1), byHalves(p + 17));
  v128.store(p, bytes);
  return p + 34;
}

/** As `traceId`, of 16 digits. */
export function spanId(p: usize): usize {
  if (at(p) !== QUOTE || at(p + 17) !== QUOTE) return leave();
  const halves = byHalves(p + 1);
  store<u64>(p, i64x2.extract_lane(i8x16.narrow_i16x8_u(halves, halves), 0));
  return p + 18;
}

/** Eight bytes from sixteen digits, each in the lower half of 16 bits. */
function byHalves(p: usize): v128 {
  const digits = v128.load(p);
  const decimal = i8x16.sub(digits, i8x16.splat(0x30));
  const letter = i8x16.sub(v128.or(digits, i8x16.splat(0x20)), i8x16.splat(0x61));
  const isDecimal = i8x16.lt_u(decimal, i8x16.splat(10));
  if (!i8x16.all_true(v128.or(isDecimal, i8x16.lt_u(letter, i8x16.splat(6))))) leave();
  const values = v128.bitselect(decimal, i8x16.add(letter, i8x16.splat(10)), isDecimal);
  // The first digit is the lower byte.
  return v128.and(v128.or(i16x8.shl(values, 4), i16x8.shr_u(values, 8)), i16x8.splat(0xff));
}
