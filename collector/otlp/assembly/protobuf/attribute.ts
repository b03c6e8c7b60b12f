import { find } from '../keys';
import { BOOL, DOUBLE, INT, noValue, numberValue, stringValue } from '../value';
import { allow, FIELD, fault, length, message, READ, skip, value, varint } from './wire';

/** opentelemetry/proto/common/v1/common.proto: the fields read here, and the wire types of the others. */
const KEY_VALUE: usize = 0x00;
const ANY_VALUE: usize = 0x20;

export function attributeMessages(): void {
  message(KEY_VALUE);
  allow(KEY_VALUE, 1, READ);
  allow(KEY_VALUE, 2, READ);
  message(ANY_VALUE);
  for (let field: u32 = 1; field <= 4; field++) allow(ANY_VALUE, field, READ);
  for (let field: u32 = 5; field <= 7; field++) allow(ANY_VALUE, field, 2);
}

/** Where the attribute read last ends. */
export let next: usize = 0;

/**
 * Reads the KeyValue whose length stands at `p` and returns the key's field, or 0 when nobody reads it; then its value has not been
 * looked at. Every writer puts the key first and keeps most attributes under 128 bytes: then two comparisons check the whole frame.
 */
export function attribute(table: usize, p: usize, end: usize): usize {
  const head = load<u32>(p);
  // A length, tag 1, a length.
  if ((head & 0x0080ff80) === 0x00000a00) {
    const stop = p + 1 + (head & 127);
    const keyLength = (head >>> 16) & 127;
    const keyEnd = p + 3 + keyLength;
    const size = stop - keyEnd - 2;
    if (stop <= end) {
      // Of a size below zero more than the lowest byte is set.
      const middle = load<u32>(keyEnd);
      if ((middle & 0xffff) === (0x12 | ((<u32>size) << 8))) {
        next = stop;
        const field = find(table, p + 3, keyLength);
        if (field !== 0) {
          // The usual value is a string.
          if (middle >>> 16 === (0x0a | ((<u32>size - 2) << 8))) stringValue(keyEnd + 4, stop);
          else anyValue(keyEnd + 2, stop);
        }
        return field;
      }
    }
  }
  const from = length(p, end);
  next = from + <usize>value;
  return keyValue(table, from, next);
}

/** Reads a KeyValue in any order its writer chose. */
function keyValue(table: usize, start: usize, end: usize): usize {
  let key: usize = 0;
  let keyEnd: usize = 0;
  let from: usize = 0;
  let to: usize = 0;
  for (let p = start; p < end; ) {
    const tag = load<u8>(p);
    if (tag === 0x0a) {
      key = length(p + 1, end);
      p = keyEnd = key + <usize>value;
    } else if (tag === 0x12) {
      from = length(p + 1, end);
      p = to = from + <usize>value;
    } else p = skip(p, end, KEY_VALUE);
  }
  const field: usize = key === 0 ? 0 : find(table, key, keyEnd - key);
  if (field !== 0) anyValue(from, to);
  return field;
}

/** Reads an AnyValue: a string's range, or a number. Of several values the last one counts, as protobuf's oneof asks. */
function anyValue(start: usize, end: usize): void {
  noValue();
  for (let p = start; p < end; ) {
    switch (load<u8>(p)) {
      case 0x0a: {
        const from = length(p + 1, end);
        p = from + <usize>value;
        stringValue(from, p);
        break;
      }
      case 0x10:
        p = varint(p + 1, end);
        numberValue(BOOL, value === 0 ? 0 : 1);
        break;
      case 0x18:
        p = varint(p + 1, end);
        numberValue(INT, <f64>(<i64>value));
        break;
      case 0x21:
        if (p + 9 > end) p = fault(FIELD);
        numberValue(DOUBLE, load<f64>(p, 1));
        p += 9;
        break;
      default:
        p = skip(p, end, ANY_VALUE);
        noValue();
    }
  }
}
