import {
  JSON_BOOL_VALUE,
  JSON_DOUBLE_VALUE,
  JSON_INT_VALUE,
  JSON_STRING_VALUE,
  JSON_VALUE,
  TEXT_KEY,
  TEXT_STRI,
  TEXT_TYPED,
  TEXT_VALUE,
  TEXT_VALUE_END,
} from '../generated/contract';
import { meaning } from '../host';
import { find, targetOf } from '../keys';
import { BODY, JSON_NAMES } from '../layout';
import { BOOL, DOUBLE, INT, noValue, numberValue, stringValue, end as valueEnd, start as valueStart } from '../value';
import {
  ARRAY,
  boolean,
  end,
  enter,
  escaped,
  moveTo,
  nextElement,
  nextName,
  OBJECT,
  peek,
  pos,
  QUOTE,
  runEnd,
  skip,
  start,
  string,
} from './scan';
import { numeric } from './values';

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

/** Enters a list of attributes; false when it is none. */
export function enterAttributes(): bool {
  return enter(ARRAY);
}

/** Reads the next attribute that somebody reads, and returns its field; 0 at the list's end. Its value is the one read last. */
export function nextAttribute(table: usize, depth: u32, first: bool): usize {
  for (; nextElement(first); first = false) {
    const field = attribute(table, depth);
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
function attribute(table: usize, depth: u32): usize {
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
      anyValue(depth);
      return members(table, depth, field, false);
    }
  }
  noValue();
  return enter(OBJECT) ? members(table, depth, 0, true) : 0;
}

/** Reads what members an attribute has; `field` is that of a key that was read before. */
function members(table: usize, depth: u32, field: usize, isFirst: bool): usize {
  let found = field;
  for (let first = isFirst; nextName(first); first = false) {
    const member = name();
    if (member === KEY && peek() === QUOTE) {
      string();
      found = find(table, start, textEnd() - start);
    } else if (member === JSON_VALUE) anyValue(depth);
    else skip(depth);
  }
  return found;
}

/** Reads an AnyValue. */
function anyValue(depth: u32): void {
  noValue();
  valueEscaped = false;
  if (peek() !== OBJECT) {
    skip(depth);
    return;
  }
  enter(OBJECT);
  for (let first = true; nextName(first); first = false) {
    const member = name();
    const c = peek();
    if (member === JSON_STRING_VALUE && c === QUOTE) {
      string();
      valueEscaped = escaped;
      stringValue(start, end);
    } else if (member === JSON_INT_VALUE) numeric(INT, depth + 1);
    else if (member === JSON_DOUBLE_VALUE) numeric(DOUBLE, depth + 1);
    else if (member === JSON_BOOL_VALUE && (c === 0x74 || c === 0x66)) numberValue(BOOL, boolean() ? 1 : 0);
    else skip(depth + 1);
  }
}
