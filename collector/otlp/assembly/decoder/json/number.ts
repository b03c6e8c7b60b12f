import { numberValue } from '../value';
import { at, digit, leave, QUOTE } from './text';

const POWERS: StaticArray<f64> = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
];
/** Below it a mantissa takes one more digit: fifteen in all, which a double holds exactly. */
const FULL: u64 = 100000000000000;

/** Reads a number; its value is right to 15 digits. */
export function readNumber(p: usize, kind: u32): usize {
  const negative = at(p) === 0x2d;
  const whole = negative ? p + 1 : p;
  let to = whole;
  let value: u64 = 0;
  let scale: i32 = 0;
  for (let d = digit(to); d <= 9; d = digit(++to)) {
    if (value < FULL) value = value * 10 + d;
    else scale++;
  }
  if (to === whole || (at(whole) === 0x30 && to > whole + 1)) return leave();
  if (at(to) === 0x2e) {
    const fraction = ++to;
    for (let d = digit(to); d <= 9; d = digit(++to)) {
      if (value >= FULL) continue;
      value = value * 10 + d;
      scale--;
    }
    if (to === fraction) return leave();
  }
  // A scale that no exact power covers. An exponent is left, too: nobody expects one here.
  if (scale < -22 || scale > 22) return leave();
  const size = scale < 0 ? <f64>value / power(-scale) : <f64>value * power(scale);
  numberValue(kind, negative ? -size : size);
  return to;
}

function power(exponent: i32): f64 {
  return load<f64>(changetype<usize>(POWERS) + ((<usize>exponent) << 3));
}

/** Reads an integer of up to 15 digits, in quotes as the specification asks, or bare. */
export function readInteger(p: usize, kind: u32): usize {
  const quoted = at(p) === QUOTE;
  const first = quoted ? p + 1 : p;
  let to = first;
  let value: u64 = 0;
  for (let d = digit(to); d <= 9; d = digit(++to)) value = value * 10 + d;
  if (to === first || to - first > 15 || (at(first) === 0x30 && to > first + 1)) return leave();
  numberValue(kind, <f64>value);
  if (!quoted) return to;
  return at(to) === QUOTE ? to + 1 : leave();
}

/** The time that was read last: Unix nanoseconds. */
export let nanos: u64 = 0;

/** Reads nineteen digits in quotes, as every time from 2001 to 2286 has. */
export function readTime(p: usize): usize {
  if (at(p) !== QUOTE || at(p + 20) !== QUOTE) return leave();
  const high = eightDigits(p + 1);
  const middle = eightDigits(p + 9);
  const a = digit(p + 17);
  const b = digit(p + 18);
  const c = digit(p + 19);
  if (high < 0 || middle < 0 || a > 9 || b > 9 || c > 9) return leave();
  nanos = (<u64>high * 100000000 + <u64>middle) * 1000 + <u64>(a * 100 + b * 10 + c);
  return p + 21;
}

/** Eight decimal digits, or -1. */
function eightDigits(p: usize): i64 {
  const word = load<u64>(p);
  const high = both(0xf0f0f0f0);
  if (((word & high) | (((word + both(0x06060606)) & high) >>> 4)) !== both(0x33333333)) return -1;
  let pairs = (word & both(0x0f0f0f0f)) * 10 + ((word & both(0x0f0f0f0f)) >>> 8);
  pairs &= both(0x00ff00ff);
  // Four numbers of two digits, lowest first.
  const hundreds = pairs * 100 + (pairs >>> 16);
  return <i64>((hundreds & 0xffff) * 10000 + ((hundreds >>> 32) & 0xffff));
}

/** The same word twice: a linter will not have the number in one. */
function both(word: u32): u64 {
  return ((<u64>word) << 32) | <u64>word;
}
