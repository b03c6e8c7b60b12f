import type { FailedSpan, Scalar } from '../base/failed-span.ts';
import type { FailedRange } from '../otlp/decoder.ts';

const utf8 = new TextDecoder('utf-8');
type Json = Record<string, unknown>;
const objects = (value: unknown): Json[] =>
  Array.isArray(value) ? value.filter((v): v is Json => typeof v === 'object' && v !== null) : [];
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
/** 64-bit nanoseconds come as a string or a number. */
const millis = (value: unknown): number => {
  const n = Number(value) / 1e6;
  return Number.isFinite(n) && n > 0 ? n : 0;
};

function scalar(value: unknown): Scalar | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const v = value as Json;
  if (typeof v['stringValue'] === 'string') return v['stringValue'];
  if (typeof v['boolValue'] === 'boolean') return v['boolValue'];
  if (typeof v['doubleValue'] === 'number') return v['doubleValue'];
  // Of an array the first string: headers are recorded so.
  const array = v['arrayValue'];
  if (typeof array === 'object' && array !== null) {
    const first = objects((array as Json)['values'])[0]?.['stringValue'];
    return typeof first === 'string' ? first : undefined;
  }
  const int = v['intValue'];
  return typeof int === 'number' || (typeof int === 'string' && /^-?\d{1,19}$/.test(int)) ? Number(int) : undefined;
}

function attributes(owner: Json): Map<string, Scalar> {
  const found = new Map<string, Scalar>();
  for (const { key, value } of objects(owner['attributes'])) {
    const v = scalar(value);
    if (typeof key === 'string' && v !== undefined) found.set(key, v);
  }
  return found;
}

/** A failed span from OTLP/JSON objects. */
const failedSpanOf = (span: Json, resource: Json, named: boolean): FailedSpan => ({
  traceId: text(span['traceId']).toLowerCase(),
  spanId: text(span['spanId']).toLowerCase(),
  startMs: millis(span['startTimeUnixNano']),
  endMs: millis(span['endTimeUnixNano']),
  named,
  resource: attributes(resource),
  attributes: attributes(span),
  events: objects(span['events']).map((event) => ({
    name: text(event['name']),
    timeMs: millis(event['timeUnixNano']),
    attributes: attributes(event),
  })),
});

/** A failed span from the place where it stands in an OTLP/JSON body. */
export function readJsonSpan(body: Uint8Array, range: FailedRange & { readonly named: boolean }): FailedSpan {
  const parse = (start: number, end: number): Json =>
    end > start ? (JSON.parse(utf8.decode(body.subarray(start, end))) as Json) : {};
  return failedSpanOf(parse(range.start, range.end), parse(range.resourceStart, range.resourceEnd), range.named);
}
