import { DEPTH } from '../generated/contract';
import { malformed, numberOf } from '../host';
import { BODY } from '../layout';

/** Faults of a JSON body, by their number in `FAULTS` (collector/otlp/decoder.ts). */
const UNEXPECTED: u32 = 6;
const ESCAPE: u32 = 7;
const TOO_DEEP: u32 = 8;

export const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const COLON: u8 = 0x3a;
const COMMA: u8 = 0x2c;
const MINUS: u8 = 0x2d;
const DOT: u8 = 0x2e;
export const OBJECT: u8 = 0x7b;
export const OBJECT_END: u8 = 0x7d;
export const ARRAY: u8 = 0x5b;
const ARRAY_END: u8 = 0x5d;
/** `true`, `fals` and `null` as little-endian numbers. */
export const TRUE: u32 = 0x65757274;
const FALS: u32 = 0x736c6166;
const NULL: u32 = 0x6c6c756e;
/** Where the next byte stands. The body ends with zeros, which no JSON text has: nothing reads on past them. */
export let pos: usize = 0;
/** The last string: between the quotes, as it stands in the bytes, and whether it holds escapes. */
export let start: usize = 0;
export let end: usize = 0;
export let escaped: bool = false;

export function moveTo(at: usize): void {
  pos = at;
}

export function unexpected(): void {
  malformed(UNEXPECTED, <u32>(pos - BODY));
  unreachable();
}

/** Steps over white space and returns the byte there. */
export function peek(): u8 {
  let c = load<u8>(pos);
  while (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) c = load<u8>(++pos);
  return c;
}

/** Where the run of plain string characters from `p` on ends: at a quote, a backslash or a control character. */
export function runEnd(p: usize): usize {
  let at = p;
  let hits = stops(at);
  while (hits === 0) {
    at += 16;
    hits = stops(at);
  }
  return at + <usize>ctz(hits);
}

function stops(at: usize): i32 {
  const text = v128.load(at);
  const isQuote = i8x16.eq(text, i8x16.splat(QUOTE));
  const isBackslash = i8x16.eq(text, i8x16.splat(BACKSLASH));
  return i8x16.bitmask(v128.or(v128.or(isQuote, isBackslash), i8x16.lt_u(text, i8x16.splat(0x20))));
}

export function string(): void {
  if (peek() !== QUOTE) unexpected();
  start = ++pos;
  escaped = false;
  for (;;) {
    pos = runEnd(pos);
    const c = load<u8>(pos);
    if (c === QUOTE) break;
    if (c !== BACKSLASH) unexpected();
    escaped = true;
    stepOverEscape();
  }
  end = pos++;
}

/** Of the letters b, f, n, r and t the low five bits. */
const ESCAPES: u32 = (1 << 2) | (1 << 6) | (1 << 14) | (1 << 18) | (1 << 20);

/** RFC 8259 §7 */
function stepOverEscape(): void {
  const c = load<u8>(pos, 1);
  pos += 2;
  if (c === 0x75) {
    for (const last = pos + 4; pos < last; pos++) {
      const letter = load<u8>(pos) | 0x20;
      if (!isDigit(load<u8>(pos)) && !(letter >= 0x61 && letter <= 0x66)) fault(ESCAPE);
    }
  } else if (c >= 0x60) {
    if (c >= 0x80 || ((ESCAPES >>> (c & 31)) & 1) === 0) fault(ESCAPE);
  } else if (c !== QUOTE && c !== BACKSLASH && c !== 0x2f) fault(ESCAPE);
}

function fault(which: u32): void {
  malformed(which, 0);
  unreachable();
}

/** Enters an object or array. False when it is `null`; anything else is malformed. */
export function enter(open: u8): bool {
  if (peek() === open) {
    pos++;
    return true;
  }
  literal(NULL);
  return false;
}

/** Moves to the next member's value and leaves its name in `start` and `end`; false at the object's end. */
export function nextName(first: bool): bool {
  if (!next(first, OBJECT_END)) return false;
  string();
  if (peek() !== COLON) unexpected();
  pos++;
  return true;
}

/** Moves to the next element; false at the array's end. */
export function nextElement(first: bool): bool {
  return next(first, ARRAY_END);
}

function next(first: bool, close: u8): bool {
  const c = peek();
  if (c === close) {
    pos++;
    return false;
  }
  if (first) return true;
  if (c !== COMMA) unexpected();
  pos++;
  if (peek() === close) unexpected();
  return true;
}

export function literal(word: u32): void {
  if (load<u32>(pos) !== word) unexpected();
  pos += 4;
}

/** Reads `true` or `false`; the byte there is `t` or `f`. */
export function boolean(): bool {
  if (load<u8>(pos) === 0x74) {
    literal(TRUE);
    return true;
  }
  literal(FALS);
  if (load<u8>(pos) !== 0x65) unexpected();
  pos++;
  return false;
}

/** Steps over any value, nested no deeper than LIMITS.depth. */
export function skip(depth: u32 = 0): void {
  const c = peek();
  if (c === QUOTE) string();
  else if (c === OBJECT || c === ARRAY) {
    if (depth >= DEPTH) fault(TOO_DEEP);
    pos++;
    if (c === OBJECT) for (let first = true; nextName(first); first = false) skip(depth + 1);
    else for (let first = true; nextElement(first); first = false) skip(depth + 1);
  } else if (c === MINUS || isDigit(c)) number();
  else if (c === 0x6e) literal(NULL);
  else boolean();
}

function isDigit(c: u8): bool {
  return c - 0x30 < 10;
}

/** Times a byte: that byte eight times. */
const EACH: u64 = u64.MAX_VALUE / 255;

/** Eight decimal digits, or -1. */
export function eightDigits(p: usize): i64 {
  const digits = load<u64>(p) - EACH * 0x30;
  if (((digits | (digits + EACH * 0x76)) & (EACH * 0x80)) !== 0) return -1;
  // Pairs, then fours, then all: each step multiplies several at once.
  const pairs = digits * 10 + (digits >>> 8);
  const mask: u64 = 0x000000ff000000ff;
  const high = (pairs & mask) * 0x000f424000000064;
  const low = ((pairs >>> 16) & mask) * 0x0000271000000001;
  return (high + low) >>> 32;
}

/** Digits from `pos` on are added to it; what is past eighteen significant ones is left out and counted in `left`. */
let mantissa: u64 = 0;
let left: i32 = 0;

function digits(): void {
  const from = pos;
  while (mantissa < 10000000000) {
    const eight = eightDigits(pos);
    if (eight < 0) break;
    mantissa = mantissa * 100000000 + <u64>eight;
    pos += 8;
  }
  for (let c = load<u8>(pos); isDigit(c); c = load<u8>(++pos)) {
    if (mantissa < 100000000000000000) mantissa = mantissa * 10 + (c - 0x30);
    else left++;
  }
  if (pos === from) unexpected();
}

/** As many powers of ten as a float holds exactly; dividing by one rounds once, as IEEE 754 asks. */
const POWERS = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
]);

/** Reads a number: its grammar is checked, its value right to at least 15 digits. */
export function number(): f64 {
  const from = pos;
  if (load<u8>(pos) === MINUS) pos++;
  const whole = pos;
  mantissa = 0;
  left = 0;
  digits();
  if (load<u8>(whole) === 0x30 && pos > whole + 1) unexpected();
  let scale = left;
  if (load<u8>(pos) === DOT) {
    const fraction = ++pos;
    digits();
    scale = left - <i32>(pos - fraction);
  }
  if ((load<u8>(pos) | 0x20) === 0x65) {
    pos++;
    const sign = load<u8>(pos);
    if (sign === MINUS || sign === 0x2b) pos++;
    digits();
    return numberOf(from - BODY, pos - BODY);
  }
  if (scale < -22 || scale > 22) return numberOf(from - BODY, pos - BODY);
  const power = load<f64>(POWERS + ((<usize>abs(scale)) << 3));
  const value = scale < 0 ? <f64>mantissa / power : <f64>mantissa * power;
  return whole > from ? -value : value;
}
