import type { FailedSpan } from '../base/failed-span.ts';
import type { FailedRange } from '../otlp/decoder.ts';
import { attributesOf, lists, objectOf } from '../otlp/messages.ts';
import type { Encoding } from '../otlp/signals.ts';

/** A failed span that is read, and whether `api_client_last_failure_timestamp_seconds` names its call now. */
export interface ChosenRange extends FailedRange {
  readonly named: boolean;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
/** 64-bit nanoseconds come as a string or a number. */
const millis = (value: unknown): number => {
  const n = Number(value) / 1e6;
  return Number.isFinite(n) && n > 0 ? n : 0;
};

/** Reads a span and its resource where they stand in a body. Throws Malformed. */
export function readSpan(body: Uint8Array, encoding: Encoding, range: ChosenRange): FailedSpan {
  const span = objectOf('span', body.subarray(range.start, range.end), encoding);
  const isAlone = range.resourceStart === range.resourceEnd;
  const resource = isAlone ? {} : objectOf('resource', body.subarray(range.resourceStart, range.resourceEnd), encoding);
  return {
    traceId: text(span['traceId']).toLowerCase(),
    spanId: text(span['spanId']).toLowerCase(),
    startMs: millis(span['startTimeUnixNano']),
    endMs: millis(span['endTimeUnixNano']),
    named: range.named,
    resource: attributesOf(resource),
    attributes: attributesOf(span),
    events: lists(span, 'events').map((event) => ({
      name: text(event['name']),
      attributes: attributesOf(event),
    })),
  };
}
