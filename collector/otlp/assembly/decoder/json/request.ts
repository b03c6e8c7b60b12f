import {
  JSON_ATTRIBUTES,
  JSON_RESOURCE,
  JSON_RESOURCE_SPANS,
  JSON_SCOPE_SPANS,
  JSON_SPANS,
} from '../generated/contract';
import { failed } from '../host';
import { BODY, RESOURCE, RESOURCE_KEYS } from '../layout';
import { beginBody, rows } from '../rows';
import { attributes } from './attributes';
import { member, value } from './member';
import { isFailure, span } from './span';
import { ARRAY, ARRAY_END, after, at, COMMA, leave, OBJECT, OBJECT_END, skip } from './text';

let wantFailed: bool = false;
/** The resource that is being read; 0 before it. */
let resourceStart: usize = 0;
let resourceEnd: usize = 0;

/**
 * Reads the ExportTraceServiceRequest in OTLP/JSON of `size` bytes at BODY as serializers write it: no white space, known members of the known
 * shapes, a resource before its spans, no escapes in what is read. Does not return for anything else, malformed or not.
 */
export function decodeJson(size: u32, wanted: bool): void {
  wantFailed = wanted;
  beginBody();
  const end = BODY + size;
  memory.fill(end, 0, 64);
  if (request(BODY) !== end) leave();
}

function request(from: usize): usize {
  let p = after(from, OBJECT) - 1;
  do {
    p = member(p + 1) === JSON_RESOURCE_SPANS ? resourceSpansList(value) : skip(value, 1);
  } while (at(p) === COMMA);
  return after(p, OBJECT_END);
}

function resourceSpansList(from: usize): usize {
  let p = from;
  if (at(after(p, ARRAY)) === ARRAY_END) return p + 2;
  do {
    p = resourceSpans(p + 1);
  } while (at(p) === COMMA);
  return after(p, ARRAY_END);
}

function resourceSpans(from: usize): usize {
  let p = after(from, OBJECT) - 1;
  memory.fill(RESOURCE, 0, 12);
  resourceStart = 0;
  do {
    const name = member(p + 1);
    if (name === JSON_RESOURCE && resourceStart === 0) p = resource(value);
    else if (name === JSON_SCOPE_SPANS && resourceStart !== 0) p = scopeSpansList(value);
    else p = name === JSON_RESOURCE || name === JSON_SCOPE_SPANS ? leave() : skip(value, 3);
  } while (at(p) === COMMA);
  return after(p, OBJECT_END);
}

function resource(from: usize): usize {
  resourceStart = from;
  resourceEnd = after(from, OBJECT);
  if (at(resourceEnd) === OBJECT_END) return ++resourceEnd;
  let p = from;
  do {
    p = member(p + 1) === JSON_ATTRIBUTES ? attributes(value, RESOURCE_KEYS) : skip(value, 4);
  } while (at(p) === COMMA);
  resourceEnd = after(p, OBJECT_END);
  return resourceEnd;
}

function scopeSpansList(from: usize): usize {
  let p = from;
  if (at(after(p, ARRAY)) === ARRAY_END) return p + 2;
  do {
    p = scopeSpans(p + 1);
  } while (at(p) === COMMA);
  return after(p, ARRAY_END);
}

function scopeSpans(from: usize): usize {
  let p = after(from, OBJECT) - 1;
  do {
    p = member(p + 1) === JSON_SPANS ? spans(value) : skip(value, 5);
  } while (at(p) === COMMA);
  return after(p, OBJECT_END);
}

function spans(from: usize): usize {
  let p = from;
  if (at(after(p, ARRAY)) === ARRAY_END) return p + 2;
  do {
    const start = p + 1;
    p = span(start);
    if (isFailure && wantFailed) failed(start - BODY, p - BODY, resourceStart - BODY, resourceEnd - BODY, rows - 1);
  } while (at(p) === COMMA);
  return after(p, ARRAY_END);
}
