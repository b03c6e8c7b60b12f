import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Bytes } from '../../instrumentation/export/bytes.ts';
import { createEnvelope } from '../../instrumentation/export/envelope.ts';
import { writeSpan } from '../../instrumentation/export/otlp.ts';
import type { SpanRecord } from '../../instrumentation/span/record.ts';
import { listOf } from '../support/attributes.ts';
import { decodeTraces } from '../support/otlp-decode.ts';

const NO_LIMITS = { valueLength: Number.MAX_SAFE_INTEGER, attributeCount: 128, linkCount: 128 };
const base: SpanRecord = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  parentSpanId: '00f067aa0ba902b7',
  parentIsRemote: true,
  traceFlags: 1,
  traceState: 'ot=th:8,rojo=00f067aa0ba902b7',
  name: 'GET /v1/things/{id}',
  startMs: 1795376095279.272,
  endMs: 1795376095294.5,
  attributes: {},
  failed: true,
  links: [{ traceId: '1af7651916cd43dd8448eb211c80319c', spanId: 'a7ad6b7169203331' }],
};
function encode(span: SpanRecord, limits = NO_LIMITS): Buffer {
  const out = new Bytes(8);
  writeSpan(out, span, listOf(span.attributes), limits);
  const spans = new Bytes(out.length + 8);
  spans.byte(0x12);
  spans.varint(out.length);
  spans.raw(out.buffer.subarray(0, out.length));
  return createEnvelope(new Map([['service.name', 'größe']]))(spans.buffer.subarray(0, spans.length));
}
const decode = (span: SpanRecord, limits?: typeof NO_LIMITS) => decodeTraces(encode(span, limits))[0]!;

it('writes every field where an independent decoder finds it', () => {
  const span = { ...base, attributes: { 'http.request.method': 'GET', 'server.port': 443, 'api.retry.after': 2 } };
  expect(decode(span)).toMatchObject({
    traceId: base.traceId,
    spanId: base.spanId,
    parentSpanId: base.parentSpanId,
    traceState: base.traceState,
    name: base.name,
    kind: 3,
    attributes: span.attributes,
    types: { 'http.request.method': 'stringValue', 'server.port': 'intValue', 'api.retry.after': 'doubleValue' },
    links: base.links,
    statusCode: 2,
    flags: 0x301,
    resource: { 'service.name': 'größe' },
  });
});

it('keeps nanoseconds exact beyond 2^53', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 8e12 }), fc.integer({ min: 0, max: 1023 }), (ms, fraction) => {
      const span = { ...base, startMs: ms + fraction / 1024, endMs: ms + 1 };
      const exact = BigInt(ms) * 1_000_000n + BigInt(Math.floor((span.startMs - ms) * 1e6));
      expect(decode(span).startNanos).toBe(exact);
    }),
  );
});

it('carries any attribute through', () => {
  const value = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 400 }),
    fc.boolean(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }).filter((n) => !Object.is(n, -0)),
    fc.array(fc.string({ unit: 'grapheme', maxLength: 200 }), { maxLength: 4 }),
  );
  const attributes = fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), value, {
    maxKeys: 30,
  });
  fc.assert(
    fc.property(attributes, fc.string({ unit: 'grapheme' }), (attributes, name) => {
      fc.pre(!Object.hasOwn(attributes, '__proto__'));
      const span = decode({ ...base, name, attributes });
      expect(span.name).toBe(name);
      expect(span.attributes).toEqual({ ...attributes });
    }),
  );
});

it('holds to the span limits', () => {
  const attributes = { a: 'x'.repeat(100), b: ['ü'.repeat(100), 'z'], c: 1, d: 2 };
  const span = decode({ ...base, attributes }, { valueLength: 10, attributeCount: 3, linkCount: 0 });
  expect(span.attributes).toEqual({ a: 'x'.repeat(10), b: ['ü'.repeat(10), 'z'], c: 1 });
  expect(span.links).toEqual([]);
});

it('reads like what the SDK’s own serializer writes', () => {
  const context = { traceId: base.traceId, spanId: base.spanId, traceFlags: 1 };
  const reference = decodeTraces(
    ProtobufTraceSerializer.serializeRequest([
      {
        name: base.name,
        kind: 2,
        spanContext: () => context,
        parentSpanContext: { ...context, spanId: base.parentSpanId!, isRemote: true },
        startTime: [1795376095, 279272000],
        endTime: [1795376095, 294500000],
        duration: [0, 15228000],
        status: { code: 2 },
        attributes: {
          'url.full': 'https://api.example/ö',
          'server.port': 443,
          'api.cancelled': true,
          'http.request.header.accept': ['ä/b'],
        },
        links: [{ context: { ...base.links[0]!, traceFlags: 1 } }],
        events: [],
        ended: true,
        resource: { attributes: { 'service.name': 'größe' } } as never,
        instrumentationScope: { name: 'faultlayer', version: '0.1.0' },
        droppedAttributesCount: 0,
        droppedEventsCount: 0,
        droppedLinksCount: 0,
      },
    ])!,
  )[0]!;
  const attributes = {
    'url.full': 'https://api.example/ö',
    'server.port': 443,
    'api.cancelled': true,
    'http.request.header.accept': ['ä/b'],
  };
  const ours = decode({ ...base, traceState: '', attributes });
  // milliseconds as a double resolve to about 0.2 µs
  expect(Number(ours.startNanos - reference.startNanos)).toBeCloseTo(0, -3);
  expect(Number(ours.endNanos - reference.endNanos)).toBeCloseTo(0, -3);
  expect({ ...ours, startNanos: 0n, endNanos: 0n }).toEqual({ ...reference, startNanos: 0n, endNanos: 0n });
});
