import { NAME } from '../generated/contract';
import { BODY, RESOURCE_KEYS, SPAN_KEYS } from '../layout';
import {
  beginBody,
  beginResource,
  beginRow,
  endResource,
  finishRow,
  keepResource,
  noResource,
  number,
  setField,
  span,
  TYPE,
  type,
} from '../rows';
import { identifier, name, nanos, nextAttribute, numeric, textEnd } from './attribute';
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

/**
 * Reads the ExportTraceServiceRequest in OTLP/JSON of `size` bytes at BODY in one pass: hexadecimal ids, integer enums, lowerCamelCase names, unknown members
 * ignored. What is needed of a string with escapes takes the place of its spelling. Does not return when the body is malformed.
 */
export function decodeJson(size: u32, wanted: bool): void {
  beginBody(wanted);
  v128.store(BODY + size, i64x2.splat(0));
  // RFC 8259 §8.1: a byte order mark may be ignored.
  moveTo((load<u32>(BODY) & 0xffffff) === 0xbfbbef ? BODY + 3 : BODY);
  if (!enter(OBJECT)) unexpected();
  for (let first = true; nextName(first); first = false) {
    if (name() !== NAME.RESOURCE_SPANS) skip();
    else if (enter(ARRAY)) for (let f = true; nextElement(f); f = false) resourceSpans();
  }
  peek();
  if (pos !== BODY + size) unexpected();
}

/** The resource may follow its spans; they are then read once it is known. */
function resourceSpans(): void {
  if (!enter(OBJECT)) return;
  noResource();
  let known = false;
  let later: usize = 0;
  for (let first = true; nextName(first); first = false) {
    const member = name();
    if (member === NAME.RESOURCE) {
      resource();
      known = true;
    } else if (member === NAME.SCOPE_SPANS && known) scopes();
    else {
      peek();
      if (member === NAME.SCOPE_SPANS) later = pos;
      skip();
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
  const from = pos;
  if (!enter(OBJECT)) return;
  beginResource();
  for (let first = true; nextName(first); first = false) {
    if (name() !== NAME.ATTRIBUTES) skip();
    else if (enter(ARRAY))
      for (let field = nextAttribute(RESOURCE_KEYS, true); field !== 0; field = nextAttribute(RESOURCE_KEYS, false))
        keepResource(field);
  }
  endResource(from, pos);
}

function scopes(): void {
  if (!enter(ARRAY)) return;
  for (let first = true; nextElement(first); first = false) {
    if (!enter(OBJECT)) continue;
    for (let f = true; nextName(f); f = false) {
      if (name() !== NAME.SPANS) skip();
      else if (enter(ARRAY)) for (let s = true; nextElement(s); s = false) readSpan();
    }
  }
}

function readSpan(): void {
  peek();
  const from = pos;
  if (!enter(OBJECT)) return;
  beginRow();
  for (let first = true; nextName(first); first = false) {
    switch (name()) {
      case NAME.ATTRIBUTES:
        if (enter(ARRAY))
          for (let field = nextAttribute(SPAN_KEYS, true); field !== 0; field = nextAttribute(SPAN_KEYS, false))
            setField(field);
        break;
      case NAME.TRACE_ID:
        span.trace = identifier(32);
        break;
      case NAME.SPAN_ID:
        span.id = identifier(16);
        break;
      case NAME.KIND:
        numeric(TYPE.INT);
        span.kind = type === TYPE.INT ? <i32>number : 0;
        break;
      case NAME.START_TIME_UNIX_NANO:
        span.startNanos = nanos();
        break;
      case NAME.END_TIME_UNIX_NANO:
        span.endNanos = nanos();
        break;
      case NAME.TRACE_STATE:
        if (peek() !== QUOTE) skip();
        else {
          string();
          span.state = start;
          span.stateEnd = textEnd();
        }
        break;
      default:
        skip();
    }
  }
  finishRow(from, pos);
}
