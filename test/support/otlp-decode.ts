import protobuf from 'protobufjs';

/** The part of opentelemetry-proto v1 that a trace export uses, read by an independent implementation. */
const PROTO = `
syntax = "proto3";
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5; bytes bytes_value = 7; } }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; }
message Resource { repeated KeyValue attributes = 1; }
message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
message Link { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4; fixed32 flags = 6; }
message Status { string message = 2; int32 code = 3; }
message Span { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
  fixed64 start = 7; fixed64 end = 8; repeated KeyValue attributes = 9; repeated Event events = 11; repeated Link links = 13; Status status = 15; fixed32 flags = 16; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schema_url = 3; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message Request { repeated ResourceSpans resource_spans = 1; }`;
const Request = protobuf.parse(PROTO, { keepCase: false }).root.lookupType('Request');

/** The wire form of a request, given as an object with the names above. */
export const encodeTraces = (request: object): Uint8Array => Request.encode(Request.fromObject(request)).finish();

export type Value = string | number | boolean | readonly string[] | undefined;
export interface DecodedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  traceState: string;
  name: string;
  kind: number;
  startNanos: bigint;
  endNanos: bigint;
  attributes: Record<string, Value>;
  /** How a number was encoded on the wire, by attribute. */
  types: Record<string, string>;
  links: { traceId: string; spanId: string }[];
  events: { name: string; attributes: Record<string, Value> }[];
  statusCode: number;
  flags: number;
  scope: { name: string; version: string };
  resource: Record<string, Value>;
}

interface KeyValue {
  key: string;
  value?: Record<string, unknown>;
}
const entries = (list: KeyValue[]): [string, string, Value][] =>
  list.map(({ key, value }) => {
    const [type, raw] = Object.entries(value ?? {})[0] ?? ['none', undefined];
    if (type === 'arrayValue') {
      const { values } = raw as { values?: { stringValue: string }[] };
      return [key, type, (values ?? []).map(({ stringValue }) => stringValue)];
    }
    return [key, type, type === 'intValue' ? Number(raw) : (raw as Value)];
  });
const bag = (list: KeyValue[]) => Object.fromEntries(entries(list).map(([key, , value]) => [key, value]));
const hex = (bytes: string) => Buffer.from(bytes, 'base64').toString('hex');

interface RawSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  traceState?: string;
  name?: string;
  kind: number;
  start: string;
  end: string;
  attributes: KeyValue[];
  links: { traceId: string; spanId: string }[];
  events: { name: string; attributes: KeyValue[] }[];
  status?: { code?: number };
  flags?: number;
}
interface RawRequest {
  resourceSpans: {
    resource?: { attributes: KeyValue[] };
    scopeSpans: { scope?: { name?: string; version?: string }; spans: RawSpan[] }[];
  }[];
}

/** Every span of one ExportTraceServiceRequest. Throws where the bytes are not valid protobuf. */
export function decodeTraces(body: Uint8Array): DecodedSpan[] {
  const options = { longs: String, bytes: String, arrays: true, defaults: false };
  const request = Request.toObject(Request.decode(body), options) as RawRequest;
  return request.resourceSpans.flatMap((r) =>
    r.scopeSpans.flatMap((s) =>
      s.spans.map((span) => ({
        traceId: hex(span.traceId),
        spanId: hex(span.spanId),
        parentSpanId: hex(span.parentSpanId ?? ''),
        traceState: span.traceState ?? '',
        name: span.name ?? '',
        kind: span.kind,
        startNanos: BigInt(span.start),
        endNanos: BigInt(span.end),
        attributes: bag(span.attributes),
        types: Object.fromEntries(entries(span.attributes).map(([key, type]) => [key, type])),
        links: span.links.map((l) => ({ traceId: hex(l.traceId), spanId: hex(l.spanId) })),
        events: span.events.map((e) => ({ name: e.name, attributes: bag(e.attributes) })),
        statusCode: span.status?.code ?? 0,
        flags: span.flags ?? 0,
        scope: { name: s.scope?.name ?? '', version: s.scope?.version ?? '' },
        resource: bag(r.resource?.attributes ?? []),
      })),
    ),
  );
}
