import { SPAN_KEYS } from '../layout';
import { beginRow, finishRow } from '../rows';
import { setField } from '../set';
import { attribute, next } from './attribute';
import { allow, FIELD, fault, length, message, READ, skip, value, varint } from './wire';

/** opentelemetry/proto/trace/v1/trace.proto: the fields read here, and the wire types of the others. */
const SPAN: usize = 0x40;

export function spanMessage(): void {
  message(SPAN);
  for (let field: u32 = 1; field <= 15; field++) allow(SPAN, field, READ);
  for (let field: u32 = 4; field <= 5; field++) allow(SPAN, field, 2);
  for (let field: u32 = 10; field <= 14; field += 2) allow(SPAN, field, 0);
  for (let field: u32 = 11; field <= 15; field += 2) allow(SPAN, field, 2);
  allow(SPAN, 16, 5);
}

/** Reads the Span at `[start, end)` into the next row. True when it was kept and is a failure. */
export function span(start: usize, end: usize): bool {
  beginRow();
  let kind: i32 = 0;
  let trace: usize = 0;
  let id: usize = 0;
  let startNanos: u64 = 0;
  let endNanos: u64 = 0;
  let state: usize = 0;
  let stateEnd: usize = 0;
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
        trace = value === 16 ? p : 0;
        p += <usize>value;
        break;
      case 0x12:
        p = length(p + 1, end);
        id = value === 8 ? p : 0;
        p += <usize>value;
        break;
      case 0x1a:
        p = length(p + 1, end);
        state = p;
        p += <usize>value;
        stateEnd = p;
        break;
      case 0x30:
        p = varint(p + 1, end);
        // An int32: what is above 32 bits is cut off.
        kind = <i32>value;
        break;
      case 0x39:
        startNanos = load<u64>(p, 1);
        p += 9;
        break;
      case 0x41:
        endNanos = load<u64>(p, 1);
        p += 9;
        break;
      default:
        p = skip(p, end, SPAN);
    }
    if (p > end) p = fault(FIELD);
  }
  return finishRow(kind, trace, id, state, stateEnd, startNanos, endNanos);
}
