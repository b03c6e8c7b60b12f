import type { Reader } from '../base/environment.ts';
import { type ActiveContext, type Baggage, baggageOf } from './context.ts';

/** What is known of a span when its headers are written. */
export interface Outgoing {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
  readonly traceState: string;
}
export interface Carrier {
  requestHeader(name: string): string | undefined;
  setHeader(name: string, value: string): void;
}
type Inject = (span: Outgoing, carrier: Carrier, context: ActiveContext) => void;

/** W3C Baggage §3.3.2: limits of one header. */
const MAX_BAGGAGE = { members: 180, bytes: 8192, member: 4096 } as const;

const baggageHeader = (baggage: Baggage): string => {
  let header = '';
  for (const [name, { value, metadata }] of baggage.getAllEntries().slice(0, MAX_BAGGAGE.members)) {
    const properties = metadata ? `;${metadata}` : '';
    const member = `${encodeURIComponent(name)}=${encodeURIComponent(value)}${properties}`;
    if (member.length > MAX_BAGGAGE.member || header.length + member.length + 1 > MAX_BAGGAGE.bytes) continue;
    header += header === '' ? member : `,${member}`;
  }
  return header;
};

/** One row per name of `OTEL_PROPAGATORS`. B3 is OpenZipkin's b3-propagation, single and multiple headers. */
const PROPAGATORS: Readonly<Record<string, Inject>> = {
  tracecontext(span, carrier) {
    carrier.setHeader('traceparent', `00-${span.traceId}-${span.spanId}-${span.sampled ? '01' : '00'}`);
    if (span.traceState !== '') carrier.setHeader('tracestate', span.traceState);
  },
  baggage(_span, carrier, context) {
    const baggage = baggageOf(context);
    if (!baggage || carrier.requestHeader('baggage') !== undefined) return;
    const header = baggageHeader(baggage);
    if (header !== '') carrier.setHeader('baggage', header);
  },
  b3(span, carrier) {
    carrier.setHeader('b3', `${span.traceId}-${span.spanId}-${span.sampled ? '1' : '0'}`);
  },
  b3multi(span, carrier) {
    carrier.setHeader('x-b3-traceid', span.traceId);
    carrier.setHeader('x-b3-spanid', span.spanId);
    carrier.setHeader('x-b3-sampled', span.sampled ? '1' : '0');
  },
};

export function propagatorOf(reader: Reader): Inject {
  const names = reader.list('OTEL_PROPAGATORS') ?? ['tracecontext', 'baggage'];
  const chosen: Inject[] = [];
  for (const name of new Set(names)) {
    const inject = PROPAGATORS[name];
    if (inject) chosen.push(inject);
    else if (name !== 'none') reader.problems.push(`OTEL_PROPAGATORS '${name}' is not supported`);
  }
  if (names.includes('none')) return () => {};
  return (span, carrier, context) => {
    for (const inject of chosen) inject(span, carrier, context);
  };
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

/** A `traceparent` the application has set itself (W3C Trace Context §3.2). */
export function parseTraceparent(
  header: string | undefined,
): { traceId: string; spanId: string; traceFlags: number } | undefined {
  const found = header === undefined ? null : TRACEPARENT.exec(header);
  return found ? { traceId: found[1]!, spanId: found[2]!, traceFlags: Number.parseInt(found[3]!, 16) } : undefined;
}
