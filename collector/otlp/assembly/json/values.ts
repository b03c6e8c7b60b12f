import { numberOf } from '../host';
import { BODY } from '../layout';
import { INT, noValue, numberValue } from '../value';
import { eightDigits, end, moveTo, number, peek, pos, QUOTE, skip, start, string } from './scan';

/** The values OTLP/JSON writes in its own way: 64-bit integers as strings or numbers, identifiers in hexadecimal digits. */

/** Reads a number, also in quotes, as the value read last; anything else is no value. */
export function numeric(kind: u32, depth: u32): void {
  noValue();
  const c = peek();
  if (c === QUOTE) {
    string();
    if (end === start) return;
    const value = quoted(kind);
    if (isNumber(value)) numberValue(kind, value);
  } else if (c === 0x2d || c - 0x30 < 10) {
    const value = number();
    if (kind !== INT || Math.floor(value) === value) numberValue(kind, value);
  } else skip(depth);
}

/** Only NaN has no order. */
function isNumber(value: f64): bool {
  return value <= Infinity;
}

function quoted(kind: u32): f64 {
  let value: u64 = 0;
  let p = start;
  for (; p < end && end - start < 16; p++) {
    const digit = <u64>load<u8>(p) - 0x30;
    if (digit > 9) break;
    value = value * 10 + digit;
  }
  if (p === end) return <f64>value;
  const rare = numberOf(start - BODY, end - BODY);
  return kind === INT && Math.floor(rare) !== rare ? NaN : rare;
}

/** Unix nanoseconds, as a string or a number; 0 for anything else. */
export function nanos(depth: u32): u64 {
  let from = pos;
  let to = pos;
  if (peek() === QUOTE) {
    string();
    from = start;
    to = end;
  } else {
    from = pos;
    skip(depth);
    to = pos;
  }
  if (to - from > 20) return 0;
  let value: u64 = 0;
  for (; from + 8 <= to; from += 8) {
    const eight = eightDigits(from);
    if (eight < 0) return 0;
    value = value * 100000000 + <u64>eight;
  }
  for (; from < to; from++) {
    const digit = <u64>load<u8>(from) - 0x30;
    if (digit > 9) return 0;
    value = value * 10 + digit;
  }
  return value;
}

/** An identifier of 16 or 32 hexadecimal digits: its bytes take the place of the digits, which nobody reads again. 0 when it is none. */
export function identifier(digits: usize, depth: u32): usize {
  if (peek() !== QUOTE) {
    skip(depth);
    return 0;
  }
  const from = pos + 1;
  if (load<u8>(from + digits) !== QUOTE || !isHex(from) || (digits === 32 && !isHex(from + 16))) {
    string();
    return 0;
  }
  moveTo(from + digits + 1);
  store<u64>(from, eightBytes(from));
  if (digits === 32) store<u64>(from, eightBytes(from + 16), 8);
  return from;
}

function isHex(p: usize): bool {
  const text = v128.load(p);
  const letters = i8x16.sub(v128.or(text, i8x16.splat(0x20)), i8x16.splat(0x61));
  return i8x16.all_true(
    v128.or(i8x16.lt_u(i8x16.sub(text, i8x16.splat(0x30)), i8x16.splat(10)), i8x16.lt_u(letters, i8x16.splat(6))),
  );
}

/** The bytes of sixteen hexadecimal digits. */
function eightBytes(p: usize): u64 {
  const text = v128.load(p);
  // A letter's low bits count from one, and its 0x40 is what a digit does not have.
  const isLetter = i8x16.shr_u(v128.and(text, i8x16.splat(0x40)), 6);
  const nibbles = i8x16.add(v128.and(text, i8x16.splat(0x0f)), i8x16.add(isLetter, i8x16.shl(isLetter, 3)));
  const pairs = v128.and(v128.or(i16x8.shl(nibbles, 4), i16x8.shr_u(nibbles, 8)), i16x8.splat(0x00ff));
  return i64x2.extract_lane(i8x16.narrow_i16x8_u(pairs, pairs), 0);
}
