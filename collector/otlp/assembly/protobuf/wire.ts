import { malformed } from '../host';

/** Faults of a body, by their number in `FAULTS` (collector/otlp/decoder.ts). */
const LENGTH: u32 = 0;
const VARINT: u32 = 1;
const FIELD_NUMBER: u32 = 2;
const WIRE_TYPE: u32 = 3;
const UNSUPPORTED: u32 = 4;
export const FIELD: u32 = 5;

/**
 * The messages by the wire types of their fields, a digit each, field 1 last: 0 is any type, else it is the type plus one. 9 is no type's: that
 * field is read where it is expected, so that skipping it means its tag was wrong. opentelemetry/proto: collector/trace/v1, trace/v1, resource/v1, common/v1.
 */
export namespace MESSAGE {
  export const REQUEST: u64 = 0x9;
  export const RESOURCE_SPANS: u64 = 0x399;
  export const RESOURCE: u64 = 0x319;
  export const SCOPE_SPANS: u64 = 0x393;
  // biome-ignore lint/correctness/noPrecisionLoss: these are integers of 64 bits
  export const SPAN: u64 = 0x6313131999933999;
  export const KEY_VALUE: u64 = 0x99;
  export const ANY_VALUE: u64 = 0x3339999;
  export const UNCHECKED: u64 = 0;
}

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

/** Steps over one field, which must have the wire type its number has in the message. */
export function skip(p: usize, end: usize, message: u64): usize {
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
  const expected = field <= 16 ? <u32>(message >>> ((field - 1) << 2)) & 15 : 0;
  if (expected !== 0 && expected !== type + 1) return fault(WIRE_TYPE, field);
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
