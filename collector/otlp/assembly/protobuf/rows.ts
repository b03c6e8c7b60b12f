import {
  DOUBLES,
  ENVIRONMENT,
  INTS,
  METHOD,
  NUMBER_DURATION,
  NUMBER_END_SECONDS,
  NUMBER_ERROR,
  NUMBER_REPEATED,
  NUMBER_WEIGHT,
  REF_SPAN_ID,
  REF_TRACE_ID,
  ROWS_MOST,
  SERVICE,
  STATUS_CLASS,
  VERSION,
} from './generated/contract';
import { RESOURCE, ROWS_INTS, ROWS_NUMBERS } from './layout';

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

/** Takes the row in, or counts why not. `seconds` may be negative or NaN; the aggregator judges it. */
export function finishRow(isClient: bool, idsValid: bool, trace: u32, span: u32, seconds: f64, endSeconds: f64): bool {
  spans++;
  if (!idsValid) {
    invalidIds++;
    return false;
  }
  if (!isClient || (getInt(METHOD) === 0 && getInt(STATUS_CLASS) === 0)) {
    ignored++;
    return false;
  }
  if (rows >= ROWS_MOST) {
    tooMany++;
    return false;
  }
  setInt(SERVICE, load<u32>(RESOURCE));
  setInt(VERSION, load<u32>(RESOURCE, 4));
  setInt(ENVIRONMENT, load<u32>(RESOURCE, 8));
  setInt(REF_TRACE_ID, trace);
  setInt(REF_SPAN_ID, span);
  setNumber(NUMBER_DURATION, seconds);
  setNumber(NUMBER_END_SECONDS, endSeconds);
  rows++;
  ints += INTS * 4;
  numbers += DOUBLES * 8;
  return true;
}
