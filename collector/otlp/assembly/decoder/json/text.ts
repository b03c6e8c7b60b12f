import { DEPTH } from '../generated/contract';
import { rare } from '../host';
import { FALSE, NULL, standsShort, TRUE } from './phrases';

/**
 * JSON (RFC 8259) without white space. Behind the body stand zeros, which no JSON text may hold outside of a string nor in one, so whatever
 * reads on past its end comes to something that is not what it looks for, and the body is left to JavaScript.
 */
export const QUOTE: u32 = 0x22;
export const COLON: u32 = 0x3a;
export const COMMA: u32 = 0x2c;
export const OBJECT: u32 = 0x7b;
export const OBJECT_END: u32 = 0x7d;
export const ARRAY: u32 = 0x5b;
export const ARRAY_END: u32 = 0x5d;
const BACKSLASH: u32 = 0x5c;
const MINUS: u32 = 0x2d;
const PLUS: u32 = 0x2b;
const DOT: u32 = 0x2e;
const ZERO: u32 = 0x30;

/** Leaves the body to JavaScript. */
export function leave(): usize {
  rare();
  unreachable();
  return 0;
}

export function at(p: usize): u32 {
  return load<u8>(p);
}

/** Where to go on after this character. */
export function after(p: usize, character: u32): usize {
  return at(p) === character ? p + 1 : leave();
}

/** Where the run of plain characters ends: at a quote, a backslash or a control character. */
function runEnd(from: usize): usize {
  let p = from;
  let stops = stopsAt(p);
  while (stops === 0) {
    p += 16;
    stops = stopsAt(p);
  }
  return p + <usize>ctz(stops);
}

/** Which of sixteen characters are not plain, a bit for each. */
function stopsAt(p: usize): i32 {
  const bytes = v128.load(p);
  const quotes = i8x16.eq(bytes, i8x16.splat(0x22));
  const backslashes = i8x16.eq(bytes, i8x16.splat(0x5c));
  const controls = i8x16.lt_u(bytes, i8x16.splat(0x20));
  return i8x16.bitmask(v128.or(v128.or(quotes, backslashes), controls));
}

/** Where the quote is that ends a string without escapes, which begins behind its first one. */
export function plainEnd(p: usize): usize {
  const end = runEnd(p);
  return at(end) === QUOTE ? end : leave();
}

/** Steps over a string that begins behind its first quote. */
export function skipString(from: usize): usize {
  let p = runEnd(from);
  while (at(p) === BACKSLASH) p = runEnd(afterEscape(p + 1));
  return after(p, QUOTE);
}

function afterEscape(p: usize): usize {
  switch (at(p)) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return p + 1;
    case 0x75:
      for (let i: usize = 1; i <= 4; i++) if (!isHex(at(p + i))) return leave();
      return p + 5;
    default:
      return leave();
  }
}

function isHex(c: u32): bool {
  return c - 0x30 <= 9 || (c | 0x20) - 0x61 <= 5;
}

export function digit(p: usize): u32 {
  return at(p) - ZERO;
}

/** Steps over any value. */
export function skip(p: usize, depth: u32): usize {
  const c = at(p);
  if (c === QUOTE) return skipString(p + 1);
  if (c === OBJECT) return skipObject(p + 1, depth);
  if (c === ARRAY) return skipArray(p + 1, depth);
  return c === MINUS || c - ZERO <= 9 ? skipNumber(p) : skipWord(p);
}

function skipObject(from: usize, depth: u32): usize {
  if (depth >= DEPTH) return leave();
  if (at(from) === OBJECT_END) return from + 1;
  let p = from - 1;
  do p = skip(after(skipString(after(p + 1, QUOTE)), COLON), depth + 1);
  while (at(p) === COMMA);
  return after(p, OBJECT_END);
}

function skipArray(from: usize, depth: u32): usize {
  if (depth >= DEPTH) return leave();
  if (at(from) === ARRAY_END) return from + 1;
  let p = from - 1;
  do p = skip(p + 1, depth + 1);
  while (at(p) === COMMA);
  return after(p, ARRAY_END);
}

function skipDigits(from: usize): usize {
  let p = from;
  while (digit(p) <= 9) p++;
  return p === from ? leave() : p;
}

function skipNumber(from: usize): usize {
  const whole = at(from) === MINUS ? from + 1 : from;
  let p = skipDigits(whole);
  if (at(whole) === ZERO && p > whole + 1) return leave();
  if (at(p) === DOT) p = skipDigits(p + 1);
  if ((at(p) | 0x20) === 0x65) {
    p++;
    if (at(p) === MINUS || at(p) === PLUS) p++;
    p = skipDigits(p);
  }
  return p;
}

function skipWord(p: usize): usize {
  if (standsShort(p, TRUE, 4)) return p + 4;
  if (standsShort(p, FALSE, 5)) return p + 5;
  return standsShort(p, NULL, 4) ? p + 4 : leave();
}
