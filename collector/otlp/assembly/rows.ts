import { COLUMN, DOUBLES, INTS, KIND, NUMBER, OVERFLOW_ID, REF } from './generated/contract';
import { failed, lostHost, status, weight } from './host';
import { BODY, COUNTS, RESOURCE, RESOURCE_VALUES, ROWS_INTS, ROWS_MOST, ROWS_NUMBERS, SPAN, STATUSES } from './layout';
import { intern, kindOf, targetOf } from './tables';

/** What both encodings write: the value read last, the resource, and one row for each span that counts. */

/** What an AnyValue holds, of the kinds a metric can use. */
export enum TYPE {
  OTHER,
  STRING,
  BOOL,
  INT,
  DOUBLE,
}

/** The AnyValue that was read last: where a string's bytes stand, or a number. */
export let type: i32 = TYPE.OTHER;
export let start: usize = 0;
export let end: usize = 0;
export let number: f64 = 0;

export function noValue(): void {
  type = TYPE.OTHER;
}

export function stringValue(from: usize, to: usize): void {
  type = TYPE.STRING;
  start = from;
  end = to;
}

export function numberValue(kind: i32, value: f64): void {
  type = kind;
  number = value;
}

/** Rows that are kept, and what became of all spans of the body. */
@unmanaged
class Counts {
  rows: u32;
  spans: u32;
  ignored: u32;
  invalidIds: u32;
  tooMany: u32;
}
const counts = changetype<Counts>(COUNTS);

/** The fields of a span, besides its attributes; text and identifiers by where they stand, 0 for none. */
@unmanaged
class Span {
  startNanos: u64;
  endNanos: u64;
  trace: usize;
  id: usize;
  state: usize;
  stateEnd: usize;
  kind: i32;
}

/** The one being read. */
export const span = changetype<Span>(SPAN);

/** The row being written. */
let ints: usize = 0;
let numbers: usize = 0;
/** Whether somebody keeps failed spans. */
let wantFailed: bool = false;
/** Where the resource of the spans being read stands. */
let resourceStart: usize = 0;
let resourceEnd: usize = 0;

export function beginBody(wanted: bool): void {
  wantFailed = wanted;
  memory.fill(COUNTS, 0, offsetof<Counts>());
  ints = ROWS_INTS;
  numbers = ROWS_NUMBERS;
}

/** The spans to come have no resource, unless one is read. */
export function noResource(): void {
  memory.fill(RESOURCE, 0, 12);
  resourceStart = resourceEnd = BODY;
}

/** Where the resource's values stand until all of it was read: from and to of service, version, environment, and the environment's former name. */
const KEPT: usize = 4 * 8;

export function beginResource(): void {
  memory.fill(RESOURCE_VALUES, 0, KEPT);
}

/** Keeps where the value read last stands. */
export function keepResource(field: usize): void {
  if (type !== TYPE.STRING) return;
  const column = targetOf(field);
  const slot: usize =
    kindOf(field) === KIND.ALIAS ? 3 : column === COLUMN.SERVICE ? 0 : column === COLUMN.VERSION ? 1 : 2;
  store<u32>(RESOURCE_VALUES + (slot << 3), <u32>start);
  store<u32>(RESOURCE_VALUES + (slot << 3), <u32>end, 4);
}

/** Makes the ids of the resource's rows: its service's first, which the others are charged to. */
export function endResource(from: usize, to: usize): void {
  internKept(COLUMN.SERVICE, 0, 0);
  internKept(COLUMN.VERSION, 1, 1);
  internKept(COLUMN.ENVIRONMENT, load<u32>(RESOURCE_VALUES, 16) !== 0 ? 2 : 3, 2);
  resourceStart = from;
  resourceEnd = to;
}

function internKept(column: u32, slot: usize, to: usize): void {
  const from = RESOURCE_VALUES + (slot << 3);
  if (load<u32>(from) !== 0) store<u32>(RESOURCE + (to << 2), intern(column, load<u32>(from), load<u32>(from, 4)));
}

/** Clears the row about to be written; the last stores reach into the one after it, which nobody has written yet. */
export function beginRow(): void {
  for (let at = ints; at < ints + INTS * 4; at += 16) v128.store(at, i32x4(0, 0, 0, 0));
  for (let at = numbers; at < numbers + DOUBLES * 8; at += 16) v128.store(at, f64x2(NaN, NaN));
  for (let at = SPAN; at < SPAN + offsetof<Span>(); at += 16) v128.store(at, i32x4(0, 0, 0, 0));
  setNumber(NUMBER.WEIGHT, 1);
  setNumber(NUMBER.REPEATED, 0);
  setNumber(NUMBER.ERROR, 0);
}

function getInt(column: u32): u32 {
  return load<u32>(ints + ((<usize>column) << 2));
}

function setInt(column: u32, id: u32): void {
  store<u32>(ints + ((<usize>column) << 2), id);
}

function getNumber(number: u32): f64 {
  return load<f64>(numbers + ((<usize>number) << 3));
}

function setNumber(number: u32, to: f64): void {
  store<f64>(numbers + ((<usize>number) << 3), to);
}

/** Writes the value read last into the row, as its field says. */
export function setField(field: usize): void {
  const target = targetOf(field);
  switch (kindOf(field)) {
    case KIND.LABEL:
      label(target);
      break;
    case KIND.NUMBER:
      if (type === TYPE.INT || type === TYPE.DOUBLE) setNumber(target, number);
      break;
    case KIND.ALIAS:
      if (getInt(target) === 0) label(target);
      break;
    case KIND.FLAG:
      if (type === TYPE.BOOL) setNumber(target, number);
      break;
    case KIND.PRESENT:
      if (type === TYPE.STRING && end > start) setNumber(target, 1);
      break;
    default:
      if (type !== TYPE.STRING) break;
      setInt(REF.REQUEST_ID, <u32>(start - BODY));
      setInt(REF.REQUEST_ID_END, <u32>(end - BODY));
  }
}

function label(column: u32): void {
  if (type === TYPE.STRING) {
    const id = intern(column, start, end);
    setInt(column, id);
    if (id === OVERFLOW_ID && column === COLUMN.ADDRESS) lostHost(counts.rows, start - BODY, end - BODY);
  } else if (type === TYPE.INT && column === COLUMN.STATUS) setInt(column, statusId(number));
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

/** Span.SpanKind */
const CLIENT: i32 = 3;

/** Takes the row of the span at `[from, to)` in, or counts why not. The duration may be negative or NaN, which the aggregator judges. */
export function finishRow(from: usize, to: usize): void {
  counts.spans++;
  const trace = span.trace;
  const id = span.id;
  if (trace === 0 || id === 0 || (load<u64>(trace) | load<u64>(trace, 8)) === 0 || load<u64>(id) === 0) {
    counts.invalidIds++;
    return;
  }
  const isForeign = getInt(COLUMN.STATUS_CLASS) === 0;
  const isLibrary = getNumber(NUMBER.LIBRARY) === 1;
  if (span.kind !== CLIENT || (isForeign && (getInt(COLUMN.METHOD) === 0 || isLibrary))) {
    counts.ignored++;
    return;
  }
  if (counts.rows >= ROWS_MOST) {
    counts.tooMany++;
    return;
  }
  if (span.stateEnd > span.state) {
    const random = <f64>bswap<u32>(load<u32>(id)) / 4294967296.0;
    setNumber(NUMBER.WEIGHT, weight(span.state - BODY, span.stateEnd - BODY, random));
  }
  setInt(COLUMN.SERVICE, load<u32>(RESOURCE));
  setInt(COLUMN.VERSION, load<u32>(RESOURCE, 4));
  setInt(COLUMN.ENVIRONMENT, load<u32>(RESOURCE, 8));
  setInt(REF.TRACE_ID, <u32>(trace - BODY));
  setInt(REF.SPAN_ID, <u32>(id - BODY));
  setNumber(NUMBER.DURATION, secondsFrom(span.startNanos, span.endNanos));
  setNumber(NUMBER.END_SECONDS, <f64>span.endNanos / 1e9);
  // of other instrumentations' spans the layer follows from status or error, which is found out later
  const mayFail = isForeign && (getInt(COLUMN.STATUS) !== 0 || getNumber(NUMBER.ERROR) === 1);
  if (wantFailed && (mayFail || getInt(COLUMN.LAYER) !== 0))
    failed(from - BODY, to - BODY, resourceStart - BODY, resourceEnd - BODY, counts.rows);
  counts.rows++;
  ints += INTS * 4;
  numbers += DOUBLES * 8;
}

/** NaN unless both times are known. Their difference fits a double, they do not. */
function secondsFrom(start: u64, end: u64): f64 {
  if (start === 0 || end === 0) return NaN;
  return end >= start ? <f64>(end - start) / 1e9 : -(<f64>(start - end)) / 1e9;
}
