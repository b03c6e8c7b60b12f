import {
  DOUBLES,
  ENVIRONMENT,
  INTS,
  LAYER,
  METHOD,
  NUMBER_DURATION,
  NUMBER_END_SECONDS,
  NUMBER_ERROR,
  NUMBER_LIBRARY,
  NUMBER_REPEATED,
  NUMBER_WEIGHT,
  REF_SPAN_ID,
  REF_TRACE_ID,
  SERVICE,
  STATUS,
  STATUS_CLASS,
  VERSION,
} from './generated/contract';
import { weight } from './host';
import { BODY, RESOURCE, ROWS_INTS, ROWS_MOST, ROWS_NUMBERS } from './layout';

/** Rows that are kept, and what became of all spans of the body. */
export let rows: u32 = 0;
export let spans: u32 = 0;
export let ignored: u32 = 0;
export let invalidIds: u32 = 0;
export let tooMany: u32 = 0;

/** The row being written. */
let ints: usize = ROWS_INTS;
let numbers: usize = ROWS_NUMBERS;

export function beginBody(): void {
  rows = spans = ignored = invalidIds = tooMany = 0;
  ints = ROWS_INTS;
  numbers = ROWS_NUMBERS;
}

/** Clears the row about to be written; the last stores reach into the one after it, which nobody has written yet. */
export function beginRow(): void {
  for (let at = ints; at < ints + INTS * 4; at += 16) v128.store(at, i32x4(0, 0, 0, 0));
  for (let at = numbers; at < numbers + DOUBLES * 8; at += 16) v128.store(at, f64x2(NaN, NaN));
  setNumber(NUMBER_WEIGHT, 1);
  setNumber(NUMBER_REPEATED, 0);
  setNumber(NUMBER_ERROR, 0);
}

export function getInt(column: u32): u32 {
  return load<u32>(ints + ((<usize>column) << 2));
}

export function setInt(column: u32, id: u32): void {
  store<u32>(ints + ((<usize>column) << 2), id);
}

export function setNumber(number: u32, to: f64): void {
  store<f64>(numbers + ((<usize>number) << 3), to);
}

/** Span.SpanKind */
const CLIENT: i32 = 3;

/**
 * Takes the row in, or counts why not; true when it is a failure. The identifiers are where they stand, 0 where there is none; the tracestate may be empty. The
 * duration may be negative or NaN, which the aggregator judges.
 */
export function finishRow(
  kind: i32,
  trace: usize,
  span: usize,
  state: usize,
  stateEnd: usize,
  startNanos: u64,
  endNanos: u64,
): bool {
  spans++;
  if (trace === 0 || span === 0 || (load<u64>(trace) | load<u64>(trace, 8)) === 0 || load<u64>(span) === 0) {
    invalidIds++;
    return false;
  }
  const isLibrary = load<f64>(numbers + ((<usize>NUMBER_LIBRARY) << 3)) === 1;
  if (kind !== CLIENT || (getInt(STATUS_CLASS) === 0 && (getInt(METHOD) === 0 || isLibrary))) {
    ignored++;
    return false;
  }
  if (rows >= ROWS_MOST) {
    tooMany++;
    return false;
  }
  if (stateEnd > state)
    setNumber(NUMBER_WEIGHT, weight(state - BODY, stateEnd - BODY, <f64>bswap<u32>(load<u32>(span)) / 4294967296.0));
  setInt(SERVICE, load<u32>(RESOURCE));
  setInt(VERSION, load<u32>(RESOURCE, 4));
  setInt(ENVIRONMENT, load<u32>(RESOURCE, 8));
  setInt(REF_TRACE_ID, <u32>(trace - BODY));
  setInt(REF_SPAN_ID, <u32>(span - BODY));
  setNumber(NUMBER_DURATION, secondsFrom(startNanos, endNanos));
  setNumber(NUMBER_END_SECONDS, <f64>endNanos / 1e9);
  // of other instrumentations' spans the layer follows from status or error, which is found out later
  const isForeign = getInt(STATUS_CLASS) === 0;
  const isError = load<f64>(numbers + ((<usize>NUMBER_ERROR) << 3)) === 1;
  const failure = getInt(LAYER) !== 0 || (isForeign && (getInt(STATUS) !== 0 || isError));
  rows++;
  ints += INTS * 4;
  numbers += DOUBLES * 8;
  return failure;
}

/** NaN unless both times are known. Their difference fits a double, they do not. */
function secondsFrom(start: u64, end: u64): f64 {
  if (start === 0 || end === 0) return NaN;
  return end >= start ? <f64>(end - start) / 1e9 : -(<f64>(start - end)) / 1e9;
}
