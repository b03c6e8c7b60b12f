import { find } from '../keys';
import { SPAN_KEYS } from '../layout';
import { setField, setResource } from '../set';
import { BOOL, DOUBLE, INT, numberValue, stringValue } from '../value';
import { readInteger, readNumber } from './number';
import {
  BOOL_VALUE,
  DOUBLE_VALUE,
  FALSE,
  INT_VALUE,
  KEY,
  STRING_VALUE,
  stands,
  standsShort,
  TRUE,
  VALUE,
} from './phrases';
import { ARRAY, ARRAY_END, after, at, COMMA, leave, OBJECT_END, plainEnd, skip, skipString } from './text';

/** Nesting where an attribute's value stands. */
const DEPTH: u32 = 9;

/** Reads a list of attributes. */
export function attributes(from: usize, table: usize): usize {
  let p = from;
  if (at(after(p, ARRAY)) === ARRAY_END) return p + 2;
  do {
    p = attribute(p + 1, table);
  } while (at(p) === COMMA);
  return after(p, ARRAY_END);
}

/** Reads `{"key":"…","value":{"stringValue":"…"}}`, and the same with other values. */
function attribute(from: usize, table: usize): usize {
  if (load<u64>(from) !== load<u64>(KEY)) return leave();
  const key = from + 8;
  const keyEnd = plainEnd(key);
  if (!stands(keyEnd, VALUE, 11)) return leave();
  const value = keyEnd + 11;
  const field = find(table, key, keyEnd - key);
  if (field === 0) {
    if (stands(value, STRING_VALUE, 15)) return afterValue(skipString(value + 15));
    return after(skip(value - 1, DEPTH), OBJECT_END);
  }
  const p = afterValue(anyValue(value));
  if (table === SPAN_KEYS) setField(field);
  else setResource(field);
  return p;
}

function afterValue(p: usize): usize {
  return after(after(p, OBJECT_END), OBJECT_END);
}

/** Reads the one member of an AnyValue. */
function anyValue(p: usize): usize {
  if (stands(p, STRING_VALUE, 15)) {
    const end = plainEnd(p + 15);
    stringValue(p + 15, end);
    return end + 1;
  }
  if (stands(p, INT_VALUE, 11)) return readInteger(p + 11, INT);
  if (stands(p, DOUBLE_VALUE, 14)) return readNumber(p + 14, DOUBLE);
  if (!stands(p, BOOL_VALUE, 12)) return leave();
  if (standsShort(p + 12, TRUE, 4)) {
    numberValue(BOOL, 1);
    return p + 16;
  }
  if (!standsShort(p + 12, FALSE, 5)) return leave();
  numberValue(BOOL, 0);
  return p + 17;
}
