import type { Outcome } from '../judge/types.ts';
import type { AttributeList } from '../span/list.ts';
import type { SpanLink } from '../span/record.ts';
import { attributesOn, statusOn } from './sentry.ts';
import type { ForeignSpan } from './types.ts';

/** What a call adds to its span. */
export interface Addition {
  readonly list: AttributeList;
  readonly links: readonly SpanLink[];
  readonly outcome: Outcome;
}

/** What the spans of OpenTelemetry's SDKs 1 to 3 keep for themselves; each is asked for before it is used. */
interface Inside {
  readonly _spanLimits?: { readonly attributeCountLimit?: number; readonly attributeValueLengthLimit?: number };
  attributes?: Record<string, unknown>;
  /** SDK 3 counts, older ones look. */
  _attributesCount?: unknown;
}

const STATUS_ERROR = 2;

/** Writes what a call tells onto the span of somebody else's SDK. */
export function writeOn(span: ForeignSpan, { list, links, outcome }: Addition): void {
  setAll(span, list);
  if (links.length > 0) span.addLinks?.(links.map((ids) => ({ context: { ...ids, traceFlags: 1 } })));
  if (outcome.kind !== 'failed' || statusOn(span)?.code === STATUS_ERROR) return;
  // its description is the line a person would paste
  const detail = list.get('api.failure.detail');
  span.setStatus(typeof detail === 'string' ? { code: STATUS_ERROR, message: detail } : { code: STATUS_ERROR });
}

/** Headers that the application told its instrumentation to record stay as it wrote them; what is there already is not set again. */
function setAll(span: ForeignSpan, list: AttributeList): void {
  const theirs: Record<string, unknown> = attributesOn(span) ?? {};
  const isRecorded = (name: string): boolean => theirs[name] !== undefined;
  if (hasRoom(span, list.size) && !list.blocks.some(({ headers }) => headers.some(isRecorded))) {
    const inside = span as Inside;
    inside.attributes = list.addedTo(theirs);
    if (inside._attributesCount !== undefined) inside._attributesCount = Object.keys(inside.attributes).length;
    return;
  }
  list.each((name, value) => {
    if (theirs[name] === value || (isRecorded(name) && name.startsWith('http.request.header.'))) return;
    span.setAttribute(name, value);
  });
}

/**
 * Whether so many attributes can be stored past `setAttribute`, which checks each: the span has its SDK's own limits, and they are not near. Half of
 * what two dozen attributes cost.
 */
function hasRoom(span: ForeignSpan, many: number): boolean {
  const { _spanLimits: limits, _attributesCount: counted, attributes } = span as Inside;
  if (limits === undefined || !Object.hasOwn(span, 'attributes')) return false;
  const { attributeCountLimit: most = Number.POSITIVE_INFINITY, attributeValueLengthLimit: longest = 0 } = limits;
  const there = typeof counted === 'number' ? counted : Object.keys(attributes!).length;
  return (longest <= 0 || longest === Number.POSITIVE_INFINITY) && there + many <= most;
}
