import { failed } from '../host';
import { BODY, RESOURCE, RESOURCE_KEYS } from '../layout';
import { beginBody, rows } from '../rows';
import { beginResource, endResource, keepResource } from '../set';
import { attribute, attributeMessages, next } from './attribute';
import { span, spanMessage } from './span';
import { allow, length, message, READ, skip, value } from './wire';

/** opentelemetry/proto/collector/trace/v1, trace.proto, resource.proto: the fields read here, and the wire types of the others. */
const REQUEST: usize = 0x60;
const RESOURCE_SPANS: usize = 0x80;
const RESOURCE_MESSAGE: usize = 0xa0;
const SCOPE_SPANS: usize = 0xc0;
const ANY_MESSAGE: usize = 0xe0;

export function messages(): void {
  attributeMessages();
  spanMessage();
  message(REQUEST);
  allow(REQUEST, 1, READ);
  message(RESOURCE_SPANS);
  allow(RESOURCE_SPANS, 1, READ);
  allow(RESOURCE_SPANS, 2, READ);
  allow(RESOURCE_SPANS, 3, 2);
  message(RESOURCE_MESSAGE);
  allow(RESOURCE_MESSAGE, 1, READ);
  allow(RESOURCE_MESSAGE, 2, 0);
  allow(RESOURCE_MESSAGE, 3, 2);
  message(SCOPE_SPANS);
  allow(SCOPE_SPANS, 1, 2);
  allow(SCOPE_SPANS, 2, READ);
  allow(SCOPE_SPANS, 3, 2);
  message(ANY_MESSAGE);
}

let wantFailed: bool = false;

/**
 * Reads the ExportTraceServiceRequest of `size` bytes at BODY in one pass and looks only at what the metrics need; everything else is stepped
 * over by its length. Does not return when the body is malformed; then its rows must not be counted.
 */
export function decodeProtobuf(size: u32, wanted: bool): void {
  wantFailed = wanted;
  beginBody();
  const end = BODY + size;
  for (let p = BODY; p < end; ) {
    if (load<u8>(p) === 0x0a) {
      p = length(p + 1, end);
      const stop = p + <usize>value;
      resourceSpans(p, stop);
      p = stop;
    } else p = skip(p, end, REQUEST);
  }
}

/** The resource may follow its spans, so it is looked for first. */
function resourceSpans(start: usize, end: usize): void {
  let resourceStart: usize = BODY;
  let resourceEnd: usize = BODY;
  memory.fill(RESOURCE, 0, 12);
  for (let p = start; p < end; ) {
    const tag = load<u8>(p);
    if (tag === 0x0a) {
      resourceStart = length(p + 1, end);
      p = resourceEnd = resourceStart + <usize>value;
      resource(resourceStart, resourceEnd);
    } else if (tag === 0x12) {
      p = length(p + 1, end);
      p += <usize>value;
    } else p = skip(p, end, RESOURCE_SPANS);
  }
  for (let p = start; p < end; ) {
    if (load<u8>(p) === 0x12) {
      p = length(p + 1, end);
      const stop = p + <usize>value;
      scopeSpans(p, stop, resourceStart, resourceEnd);
      p = stop;
    } else p = skip(p, end, ANY_MESSAGE);
  }
}

function resource(start: usize, end: usize): void {
  beginResource();
  for (let p = start; p < end; ) {
    if (load<u8>(p) !== 0x0a) {
      p = skip(p, end, RESOURCE_MESSAGE);
      continue;
    }
    const field = attribute(RESOURCE_KEYS, p + 1, end);
    p = next;
    if (field !== 0) keepResource(field);
  }
  endResource();
}

function scopeSpans(start: usize, end: usize, resourceStart: usize, resourceEnd: usize): void {
  for (let p = start; p < end; ) {
    if (load<u8>(p) !== 0x12) {
      p = skip(p, end, SCOPE_SPANS);
      continue;
    }
    p = length(p + 1, end);
    const stop = p + <usize>value;
    if (span(p, stop) && wantFailed) failed(p - BODY, stop - BODY, resourceStart - BODY, resourceEnd - BODY, rows - 1);
    p = stop;
  }
}
