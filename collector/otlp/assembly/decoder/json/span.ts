import {
  JSON_ATTRIBUTES,
  JSON_END_TIME_UNIX_NANO,
  JSON_KIND,
  JSON_SPAN_ID,
  JSON_START_TIME_UNIX_NANO,
  JSON_TRACE_ID,
  JSON_TRACE_STATE,
} from '../generated/contract';
import { SPAN_KEYS } from '../layout';
import { beginRow, finishRow } from '../rows';
import { attributes } from './attributes';
import { spanId, traceId } from './id';
import { member, value } from './member';
import { nanos, readTime } from './number';
import { after, at, COMMA, digit, leave, OBJECT, OBJECT_END, plainEnd, QUOTE, skip } from './text';

/** Nesting where a span's members stand. */
const DEPTH: u32 = 7;

/** Whether the span that was read last was kept and is a failure. */
export let isFailure: bool = false;

/** Reads the span at `from` into the next row. */
export function span(from: usize): usize {
  let p = after(from, OBJECT) - 1;
  beginRow();
  let kind: i32 = 0;
  let trace: usize = 0;
  let id: usize = 0;
  let state: usize = 0;
  let stateEnd: usize = 0;
  let start: u64 = 0;
  let end: u64 = 0;
  do {
    switch (member(p + 1)) {
      case JSON_ATTRIBUTES:
        p = attributes(value, SPAN_KEYS);
        break;
      case JSON_TRACE_ID:
        trace = value;
        p = traceId(value);
        break;
      case JSON_SPAN_ID:
        id = value;
        p = spanId(value);
        break;
      case JSON_KIND:
        if (digit(value) > 9) return leave();
        kind = digit(value);
        p = value + 1;
        break;
      case JSON_START_TIME_UNIX_NANO:
        p = readTime(value);
        start = nanos;
        break;
      case JSON_END_TIME_UNIX_NANO:
        p = readTime(value);
        end = nanos;
        break;
      case JSON_TRACE_STATE:
        state = after(value, QUOTE);
        stateEnd = plainEnd(state);
        p = stateEnd + 1;
        break;
      default:
        p = skip(value, DEPTH);
    }
  } while (at(p) === COMMA);
  p = after(p, OBJECT_END);
  isFailure = finishRow(kind, trace, id, state, stateEnd, start, end);
  return p;
}
