import { BODY, RESOURCE_KEYS, SPAN_KEYS } from '../layout';
import {
  beginBody,
  beginResource,
  beginRow,
  endResource,
  finishRow,
  keepResource,
  noResource,
  noValue,
  numberValue,
  setField,
  span,
  stringValue,
  TYPE,
} from '../rows';
import { find } from '../tables';
import { FIELD, fault, length, MESSAGE, skip, value, varint } from './wire';

/**
 * Reads the ExportTraceServiceRequest of `size` bytes at BODY in one pass and looks only at what the metrics need; everything else is stepped
 * over by its length. Does not return when the body is malformed; then its rows must not be counted.
 */
export function decodeProtobuf(size: u32, wanted: bool): void {
  beginBody(wanted);
  const end = BODY + size;
  for (let p = BODY; p < end; ) {
    if (load<u8>(p) === 0x0a) {
      const from = length(p + 1, end);
      p = from + <usize>value;
      resourceSpans(from, p);
    } else p = skip(p, end, MESSAGE.REQUEST);
  }
}

/** The resource may follow its spans, so it is looked for first. */
function resourceSpans(start: usize, end: usize): void {
  noResource();
  for (let p = start; p < end; ) {
    const tag = load<u8>(p);
    if (tag === 0x0a || tag === 0x12) {
      const from = length(p + 1, end);
      p = from + <usize>value;
      if (tag === 0x0a) resource(from, p);
    } else p = skip(p, end, MESSAGE.RESOURCE_SPANS);
  }
  for (let p = start; p < end; ) {
    if (load<u8>(p) === 0x12) {
      const from = length(p + 1, end);
      p = from + <usize>value;
      scopeSpans(from, p);
    } else p = skip(p, end, MESSAGE.UNCHECKED);
  }
}

function resource(start: usize, end: usize): void {
  beginResource();
  for (let p = start; p < end; ) {
    if (load<u8>(p) === 0x0a) {
      const field = attribute(RESOURCE_KEYS, p + 1, end);
      p = next;
      if (field !== 0) keepResource(field);
    } else p = skip(p, end, MESSAGE.RESOURCE);
  }
  endResource(start, end);
}

function scopeSpans(start: usize, end: usize): void {
  for (let p = start; p < end; ) {
    if (load<u8>(p) === 0x12) {
      const from = length(p + 1, end);
      p = from + <usize>value;
      readSpan(from, p);
    } else p = skip(p, end, MESSAGE.SCOPE_SPANS);
  }
}

/** Reads the Span at `[start, end)` into the next row. */
function readSpan(start: usize, end: usize): void {
  beginRow();
  for (let p = start; p < end; ) {
    switch (load<u8>(p)) {
      case 0x4a: {
        const field = attribute(SPAN_KEYS, p + 1, end);
        if (field !== 0) setField(field);
        p = next;
        break;
      }
      case 0x0a:
        p = length(p + 1, end);
        span.trace = value === 16 ? p : 0;
        p += <usize>value;
        break;
      case 0x12:
        p = length(p + 1, end);
        span.id = value === 8 ? p : 0;
        p += <usize>value;
        break;
      case 0x1a:
        p = length(p + 1, end);
        span.state = p;
        p += <usize>value;
        span.stateEnd = p;
        break;
      case 0x30:
        p = varint(p + 1, end);
        // An int32: what is above 32 bits is cut off.
        span.kind = <i32>value;
        break;
      case 0x39:
        span.startNanos = load<u64>(p, 1);
        p += 9;
        break;
      case 0x41:
        span.endNanos = load<u64>(p, 1);
        p += 9;
        break;
      default:
        p = skip(p, end, MESSAGE.SPAN);
    }
    if (p > end) p = fault(FIELD);
  }
  finishRow(start, end);
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
    } else p = skip(p, end, MESSAGE.KEY_VALUE);
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
        numberValue(TYPE.BOOL, value === 0 ? 0 : 1);
        break;
      case 0x18:
        p = varint(p + 1, end);
        numberValue(TYPE.INT, <f64>(<i64>value));
        break;
      case 0x21:
        if (p + 9 > end) p = fault(FIELD);
        numberValue(TYPE.DOUBLE, load<f64>(p, 1));
        p += 9;
        break;
      default:
        p = skip(p, end, MESSAGE.ANY_VALUE);
        noValue();
    }
  }
}
