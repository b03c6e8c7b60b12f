import { malformed } from '../host';
import { TYPES } from '../layout';

/** Faults of a body, by their number in `FAULTS` (collector/otlp/decoder.ts). */
export const LENGTH: u32 = 0;
export const VARINT: u32 = 1;
export const FIELD_NUMBER: u32 = 2;
export const WIRE_TYPE: u32 = 3;
export const UNSUPPORTED: u32 = 4;
export const FIELD: u32 = 5;

/** Wire types of one message: 32 bytes by field number. */
export const ANY: u8 = 8;
/** A field that is read where it is expected, so that skipping it means its tag was wrong. */
export const READ: u8 = 9;

/** What the last varint or length was. */
export let value: u64 = 0;

export function fault(which: u32, field: u32 = 0): usize {
  malformed(which, field);
  unreachable();
  return 0;
}

/** Reads an unsigned varint into `value` and returns where it ends. */
export function varint(p: usize, end: usize): usize {
  let read: u64 = 0;
  let shift: u64 = 0;
  for (let at = p; at < end && shift < 70; at++) {
    const byte = <u64>load<u8>(at);
    read |= (byte & 127) << shift;
    if (byte < 128) {
      // The tenth byte holds one bit.
      if (shift === 63 && byte > 1) break;
      value = read;
      return at + 1;
    }
    shift += 7;
  }
  return fault(VARINT);
}

/** Reads a length into `value`, checks that so many bytes follow before `end`, and returns where they begin. */
export function length(p: usize, end: usize): usize {
  let at = p + 1;
  const first = <u64>load<u8>(p);
  if (p < end && first < 128) value = first;
  else at = varint(p, end);
  if (value > <u64>(end - at)) return fault(LENGTH);
  return at;
}

/** Gives a field of a message its wire type. */
export function allow(message: usize, field: u32, type: u8): void {
  store<u8>(TYPES + message + field, type);
}

/** Makes a message whose fields may all have any wire type. */
export function message(at: usize): void {
  memory.fill(TYPES + at, ANY, 32);
}

/** Steps over one field, which must have the wire type its number has in the message. */
export function skip(p: usize, end: usize, fields: usize): usize {
  let tag = <u32>load<u8>(p);
  let at = p + 1;
  if (tag >= 128 || p >= end) {
    at = varint(p, end);
    if (value > 0xffffffff) return fault(FIELD_NUMBER);
    tag = <u32>value;
  }
  const field = tag >>> 3;
  if (field === 0) return fault(FIELD_NUMBER);
  const type = tag & 7;
  const expected = field < 32 ? load<u8>(TYPES + fields + field) : ANY;
  if (expected !== ANY && expected !== <u8>type) return fault(WIRE_TYPE, field);
  if (type === 2) {
    at = length(at, end);
    return at + <usize>value;
  }
  if (type === 0) return varint(at, end);
  if (type === 1) at += 8;
  else if (type === 5) at += 4;
  else return fault(UNSUPPORTED);
  return at > end ? fault(FIELD) : at;
}
