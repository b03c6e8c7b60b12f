import {
  JSON_ATTRIBUTES,
  JSON_END_TIME_UNIX_NANO,
  JSON_KIND,
  JSON_RESOURCE,
  JSON_RESOURCE_SPANS,
  JSON_SCOPE_SPANS,
  JSON_SPAN_ID,
  JSON_SPANS,
  JSON_START_TIME_UNIX_NANO,
  JSON_TRACE_ID,
  JSON_TRACE_STATE,
} from '../generated/contract';
import { failed } from '../host';
import { BODY, RESOURCE, RESOURCE_KEYS, SPAN_KEYS } from '../layout';
import { beginBody, beginRow, finishRow, rows } from '../rows';
import { beginResource, endResource, keepResource, setField } from '../set';
import { INT, number, type } from '../value';
import { enterAttributes, name, nextAttribute, textEnd } from './attribute';
import {
  ARRAY,
  enter,
  moveTo,
  nextElement,
  nextName,
  OBJECT,
  peek,
  pos,
  QUOTE,
  skip,
  start,
  string,
  unexpected,
} from './scan';
import { identifier, nanos, numeric } from './values';

let wantFailed: bool = false;
/** Where the resource of the spans being read stands. */
let resourceStart: usize = 0;
let resourceEnd: usize = 0;

/**
 * Reads the ExportTraceServiceRequest in OTLP/JSON of `size` bytes at BODY in one pass: hexadecimal ids, integer enums, lowerCamelCase names, unknown members
 * ignored. What is needed of a string with escapes takes the place of its spelling. Does not return when the body is malformed.
 */
export function decodeJson(size: u32, wanted: bool): void {
  wantFailed = wanted;
  beginBody();
  v128.store(BODY + size, i64x2.splat(0));
  // RFC 8259 §8.1: a byte order mark may be ignored.
  moveTo((load<u32>(BODY) & 0xffffff) === 0xbfbbef ? BODY + 3 : BODY);
  if (!enter(OBJECT)) unexpected();
  for (let first = true; nextName(first); first = false) {
    if (name() !== JSON_RESOURCE_SPANS) skip(1);
    else if (enter(ARRAY)) for (let f = true; nextElement(f); f = false) resourceSpans();
  }
  peek();
  if (pos !== BODY + size) unexpected();
}

/** The resource may follow its spans; they are then read once it is known. */
function resourceSpans(): void {
  if (!enter(OBJECT)) return;
  memory.fill(RESOURCE, 0, 12);
  resourceStart = BODY;
  resourceEnd = BODY;
  let later: usize = 0;
  for (let first = true; nextName(first); first = false) {
    const member = name();
    if (member === JSON_RESOURCE) resource();
    else if (member === JSON_SCOPE_SPANS && resourceEnd > BODY) scopes();
    else {
      peek();
      if (member === JSON_SCOPE_SPANS) later = pos;
      skip(3);
    }
  }
  if (later === 0) return;
  const after = pos;
  moveTo(later);
  scopes();
  moveTo(after);
}

function resource(): void {
  peek();
  resourceStart = pos;
  beginResource();
  if (enter(OBJECT))
    for (let first = true; nextName(first); first = false) {
      if (name() !== JSON_ATTRIBUTES) skip(4);
      else if (enterAttributes())
        for (
          let field = nextAttribute(RESOURCE_KEYS, 7, true);
          field !== 0;
          field = nextAttribute(RESOURCE_KEYS, 7, false)
        )
          keepResource(field);
    }
  endResource();
  resourceEnd = pos;
}

function scopes(): void {
  if (!enter(ARRAY)) return;
  for (let first = true; nextElement(first); first = false) {
    if (!enter(OBJECT)) continue;
    for (let f = true; nextName(f); f = false) {
      if (name() !== JSON_SPANS) skip(5);
      else if (enter(ARRAY)) for (let s = true; nextElement(s); s = false) span();
    }
  }
}

function span(): void {
  peek();
  const from = pos;
  if (!enter(OBJECT)) return;
  beginRow();
  let kind: i32 = 0;
  let trace: usize = 0;
  let id: usize = 0;
  let startNanos: u64 = 0;
  let endNanos: u64 = 0;
  let state: usize = 0;
  let stateEnd: usize = 0;
  for (let first = true; nextName(first); first = false) {
    switch (name()) {
      case JSON_ATTRIBUTES:
        if (enterAttributes())
          for (let field = nextAttribute(SPAN_KEYS, 9, true); field !== 0; field = nextAttribute(SPAN_KEYS, 9, false))
            setField(field);
        break;
      case JSON_TRACE_ID:
        trace = identifier(32, 7);
        break;
      case JSON_SPAN_ID:
        id = identifier(16, 7);
        break;
      case JSON_KIND:
        numeric(INT, 7);
        kind = type === INT ? <i32>number : 0;
        break;
      case JSON_START_TIME_UNIX_NANO:
        startNanos = nanos(7);
        break;
      case JSON_END_TIME_UNIX_NANO:
        endNanos = nanos(7);
        break;
      case JSON_TRACE_STATE:
        if (peek() !== QUOTE) skip(7);
        else {
          string();
          state = start;
          stateEnd = textEnd();
        }
        break;
      default:
        skip(7);
    }
  }
  if (finishRow(kind, trace, id, state, stateEnd, startNanos, endNanos) && wantFailed)
    failed(from - BODY, pos - BODY, resourceStart - BODY, resourceEnd - BODY, rows - 1);
}
