import { NAME, TEXT_KEY, TEXT_STRI, TEXT_TYPED, TEXT_VALUE, TEXT_VALUE_END } from '../generated/contract';
import { meaning, numberOf } from '../host';
import { BODY, JSON_NAMES } from '../layout';
import { noValue, numberValue, stringValue, TYPE, end as valueEnd, start as valueStart } from '../rows';
import { find, targetOf } from '../tables';
import {
  boolean,
  eightDigits,
  end,
  enter,
  escaped,
  moveTo,
  nextElement,
  nextName,
  number,
  OBJECT,
  peek,
  pos,
  QUOTE,
  runEnd,
  skip,
  start,
  string,
} from './scan';

/** The member name `key`, which is too short for a table: its number, and its bytes. */
const KEY: u32 = 0xff;
const KEY_BYTES: u32 = 0x79656b;

/** Where the string just read ends, once its escapes are what they mean. */
export function textEnd(): usize {
  return escaped ? start + meaning(start - BODY, end - BODY) : end;
}

/** The number of the member name just read, or 0 for one nobody reads. */
export function name(): u32 {
  const length = textEnd() - start;
  if (length === 3) return (load<u32>(start) & 0xffffff) === KEY_BYTES ? KEY : 0;
  const field = find(JSON_NAMES, start, length);
  return field === 0 ? 0 : targetOf(field);
}

/** Whether the value read last is a string that holds escapes. */
let valueEscaped: bool = false;

/** Reads the next attribute that somebody reads, and returns its field; 0 at the list's end. Its value is the one read last. */
export function nextAttribute(table: usize, first: bool): usize {
  for (; nextElement(first); first = false) {
    const field = attribute(table);
    if (field === 0) continue;
    if (valueEscaped) stringValue(valueStart, valueStart + meaning(valueStart - BODY, valueEnd - BODY));
    return field;
  }
  return 0;
}

/**
 * Reads an attribute. Every serializer writes them alike, and most are strings: `{"key":"…","value":{"stringValue":"…"}}`. Such a one is read in
 * four steps.
 */
function attribute(table: usize): usize {
  valueEscaped = false;
  const from = pos;
  if (load<u64>(from) === TEXT_KEY) {
    const key = from + 8;
    const keyEnd = runEnd(key);
    if (load<u64>(keyEnd) === TEXT_VALUE && load<u32>(keyEnd, 8) === <u32>TEXT_VALUE_END) {
      const field = find(table, key, keyEnd - key);
      const type = keyEnd + 12;
      if (load<u64>(type) === TEXT_STRI && load<u64>(type, 6) === TEXT_TYPED) {
        const text = type + 14;
        const close = runEnd(text);
        // `"}}`
        if ((load<u32>(close) & 0xffffff) === 0x7d7d22) {
          stringValue(text, close);
          moveTo(close + 3);
          return field;
        }
      }
      moveTo(type - 2);
      anyValue();
      return members(table, field, false);
    }
  }
  noValue();
  return enter(OBJECT) ? members(table, 0, true) : 0;
}

/** Reads what members an attribute has; `field` is that of a key that was read before. */
function members(table: usize, field: usize, isFirst: bool): usize {
  let found = field;
  for (let first = isFirst; nextName(first); first = false) {
    const member = name();
    if (member === KEY && peek() === QUOTE) {
      string();
      found = find(table, start, textEnd() - start);
    } else if (member === NAME.VALUE) anyValue();
    else skip();
  }
  return found;
}

/** Reads an AnyValue. */
function anyValue(): void {
  noValue();
  valueEscaped = false;
  if (peek() !== OBJECT) {
    skip();
    return;
  }
  enter(OBJECT);
  for (let first = true; nextName(first); first = false) {
    const member = name();
    const c = peek();
    if (member === NAME.STRING_VALUE && c === QUOTE) {
      string();
      valueEscaped = escaped;
      stringValue(start, end);
    } else if (member === NAME.INT_VALUE) numeric(TYPE.INT);
    else if (member === NAME.DOUBLE_VALUE) numeric(TYPE.DOUBLE);
    else if (member === NAME.BOOL_VALUE && (c === 0x74 || c === 0x66)) numberValue(TYPE.BOOL, boolean() ? 1 : 0);
    else skip();
  }
}

/* OTLP/JSON writes 64-bit integers as strings or numbers, and identifiers in hexadecimal digits. */

/** Reads a number, also in quotes, as the value read last; anything else is no value. */
export function numeric(kind: i32): void {
  noValue();
  const c = peek();
  if (c === QUOTE) {
    string();
    if (end === start) return;
    const value = quoted(kind);
    if (isNumber(value)) numberValue(kind, value);
  } else if (c === 0x2d || c - 0x30 < 10) {
    const value = number();
    if (kind !== TYPE.INT || Math.floor(value) === value) numberValue(kind, value);
  } else skip();
}

/** Only NaN has no order. */
function isNumber(value: f64): bool {
  return value <= Infinity;
}

function quoted(kind: i32): f64 {
  let value: u64 = 0;
  let p = start;
  for (; p < end && end - start < 16; p++) {
    const digit = <u64>load<u8>(p) - 0x30;
    if (digit > 9) break;
    value = value * 10 + digit;
  }
  if (p === end) return <f64>value;
  const rare = numberOf(start - BODY, end - BODY);
  return kind === TYPE.INT && Math.floor(rare) !== rare ? NaN : rare;
}

/** Unix nanoseconds, as a string or a number; 0 for anything else. */
export function nanos(): u64 {
  let from = pos;
  let to = pos;
  if (peek() === QUOTE) {
    string();
    from = start;
    to = end;
  } else {
    from = pos;
    skip();
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
export function identifier(digits: usize): usize {
  if (peek() !== QUOTE) {
    skip();
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
