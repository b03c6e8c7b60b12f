import { attribute, BOOL, DOUBLE, INT, next, STRING, type, valueEnd, valueNumber, valueStart } from './attribute';
import {
  ADDRESS,
  KIND_ALIAS,
  KIND_FLAG,
  KIND_LABEL,
  KIND_NUMBER,
  KIND_PRESENT,
  LAYER,
  NUMBER_WEIGHT,
  OVERFLOW_ID,
  REF_REQUEST_ID,
  REF_REQUEST_ID_END,
  STATUS,
} from './generated/contract';
import { lostHost, status, weight } from './host';
import { kindOf, targetOf } from './keys';
import { BODY, SPAN_KEYS, STATUSES } from './layout';
import { beginRow, finishRow, getInt, rows, setInt, setNumber } from './rows';
import { intern } from './spellings';
import { allow, FIELD, fault, length, message, READ, skip, value, varint } from './wire';

/** opentelemetry/proto/trace/v1/trace.proto: the fields read here, and the wire types of the others. */
const SPAN: usize = 0x40;
/** Span.SpanKind */
const CLIENT: i32 = 3;

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
        if (field !== 0) set(kindOf(field), targetOf(field));
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
  const valid = trace !== 0 && id !== 0 && (load<u64>(trace) | load<u64>(trace, 8)) !== 0 && load<u64>(id) !== 0;
  if (valid && stateEnd > state)
    setNumber(NUMBER_WEIGHT, weight(state - BODY, stateEnd - BODY, <f64>bswap<u32>(load<u32>(id)) / 4294967296.0));
  const failure = getInt(LAYER) !== 0;
  const kept = finishRow(
    kind === CLIENT,
    valid,
    <u32>(trace - BODY),
    <u32>(id - BODY),
    secondsFrom(startNanos, endNanos),
    <f64>endNanos / 1e9,
  );
  return kept && failure;
}

/** NaN unless both times are known. Their difference fits a double, they do not. */
function secondsFrom(start: u64, end: u64): f64 {
  if (start === 0 || end === 0) return NaN;
  return end >= start ? <f64>(end - start) / 1e9 : -(<f64>(start - end)) / 1e9;
}

/** Writes the value read last into the row. */
function set(kind: u32, target: u32): void {
  switch (kind) {
    case KIND_LABEL:
      label(target);
      break;
    case KIND_NUMBER:
      if (type === INT || type === DOUBLE) setNumber(target, valueNumber);
      break;
    case KIND_ALIAS:
      if (getInt(target) === 0) label(target);
      break;
    case KIND_FLAG:
      if (type === BOOL) setNumber(target, valueNumber);
      break;
    case KIND_PRESENT:
      if (type === STRING && valueEnd > valueStart) setNumber(target, 1);
      break;
    default:
      if (type !== STRING) break;
      setInt(REF_REQUEST_ID, <u32>(valueStart - BODY));
      setInt(REF_REQUEST_ID_END, <u32>(valueEnd - BODY));
  }
}

function label(column: u32): void {
  if (type === STRING) {
    const id = intern(column, valueStart, valueEnd);
    setInt(column, id);
    if (id === OVERFLOW_ID && column === ADDRESS) lostHost(rows, valueStart - BODY, valueEnd - BODY);
  } else if (type === INT && column === STATUS) setInt(column, statusId(valueNumber));
}

function statusId(code: f64): u32 {
  if (!(code >= 100 && code < 1000)) return status(code);
  const at = STATUSES + ((<usize>code) << 2);
  let id = load<u32>(at);
  if (id === 0) {
    id = status(code);
    // What found no room among the labels may find it later.
    if (id !== OVERFLOW_ID) store<u32>(at, id);
  }
  return id;
}
