import { create, type DescField, type DescMessage, type MessageShape, ScalarType } from '@bufbuild/protobuf';
import { reflect, type ScalarValue } from '@bufbuild/protobuf/reflect';
import { describe, expect, it } from 'vitest';
import { Malformed } from '../../collector/otlp/messages.ts';
import { pipeline } from '../support/decode-bodies.ts';
import { InstrumentationScopeSchema } from '../support/generated/opentelemetry/proto/common/v1/common_pb.js';
import { ResourceSchema } from '../support/generated/opentelemetry/proto/resource/v1/resource_pb.js';
import { SpanSchema } from '../support/generated/opentelemetry/proto/trace/v1/trace_pb.js';
import { decodeRequest, encodeRequest } from '../support/otlp-schema.ts';
import {
  type Bag,
  jsonBody,
  protobufBody,
  seeded,
  type TestResource,
  type TestSpan,
  typicalBody,
  type Value,
} from '../support/otlp-spans.ts';
import { referenceMetrics } from '../support/reference-metrics.ts';

const nonZero = (counts: Map<string, number>) => new Map([...counts].filter(([, v]) => v !== 0));
/** What the two sides disagree on, empty when nothing; whole maps would drown the message. */
function differences(ours: Map<string, number>, expected: Map<string, number>): string[] {
  const keys = new Set([...ours.keys(), ...expected.keys()]);
  return [...keys]
    .filter((k) => ours.get(k) !== expected.get(k))
    .map((k) => `${k}: ${ours.get(k)}, not ${expected.get(k)}`)
    .slice(0, 5);
}

/** Spans no SDK sends: odd types, missing and repeated parts, other kinds, broken times. */
function oddBody(random: () => number): TestResource[] {
  const any = <T>(...values: T[]): T => values[Math.floor(random() * values.length)]!;
  const value = (): Value =>
    any<Value>(
      '',
      'x',
      'naïve – 値',
      'GET',
      '2xx',
      200,
      0.25,
      -1,
      true,
      false,
      null,
      ['a', 'b'],
      'a"b\\c',
      404n,
      2n ** 40n,
    );
  const keys = [
    'http.request.method',
    'http.method',
    'server.address',
    'net.peer.name',
    'url.template',
    'api.status.class',
    'api.failure.layer',
    'api.failure.reason',
    'api.provider.code',
    'api.provider.name',
    'api.timing.dns',
    'api.timing.wait',
    'api.retry.after',
    'api.retry.kind',
    'api.request.repeated',
    'error.type',
    'other',
    '',
    'api.provider.request_id',
  ];
  const sound: Record<string, Value[]> = {
    'http.request.method': ['GET', 'BREW', 'POST'],
    'api.status.class': ['2xx', 'none', '5xx'],
    'api.failure.layer': ['dns', 'service'],
    'api.failure.reason': ['http.error', 'tcp.refused'],
    'api.retry.kind': ['safe', 'early'],
    'api.request.repeated': [true, false],
    'api.provider.code': ['card_declined', 'NoSuchKey'],
  };
  const bag = (): Bag =>
    Object.fromEntries(
      keys.filter(() => random() < 0.4).map((key) => [key, sound[key] ? any(...sound[key]) : value()]),
    );
  const span = (): TestSpan => ({
    attributes: {
      ...(random() < 0.8 && { 'http.request.method': 'GET' }),
      ...bag(),
      'http.response.status_code': any(200, 404, 500, 302),
    },
    kind: any(3, 3, 3, 3, 1, 2, 0),
    ...(random() < 0.1 && { traceId: any('', '00'.repeat(16), 'ab'.repeat(15)) }),
    ...(random() < 0.1 && { spanId: any('', '00'.repeat(8), 'ab'.repeat(9)) }),
    ...(random() < 0.1 && { startNanos: 0n }),
    ...(random() < 0.1 && { endNanos: any(0n, 1n, 1_790_000_000_000_000_000n, 1_890_000_000_000_000_000n) }),
    ...(random() < 0.3 && {
      traceState: any('ot=th:8', 'ot=th:c', 'a=b,ot=th:e66;rv:12345678901234', 'ot=th:zz', 'rojo=1'),
    }),
  });
  return Array.from({ length: 1 + Math.floor(random() * 3) }, () => ({
    ...(random() < 0.9 && { resource: { 'service.name': any<Value>('shop', 'bill"ing', 7, ''), x: value() } }),
    spans: Array.from({ length: Math.floor(random() * 12) }, span),
  }));
}

/** What the reference counts of a body that both accept; undefined where they may differ. */
function comparable(request: ReturnType<typeof decodeRequest>, body: Uint8Array): Map<string, number> | undefined {
  // The reference reads on past a submessage's end when a length inside it is wrong; then it does not give back what it got.
  if (encodeRequest(request).length !== body.length) return undefined;
  // Bytes that are no UTF-8 or no printable text are cleaned; the reference does not clean.
  const counts = nonZero(referenceMetrics(request));
  return [...counts.keys()].some((k) => /[^\x20-\x7e]|\\[bfnrtu]/.test(k)) ? undefined : counts;
}

describe('the fast decoders and @bufbuild/protobuf', () => {
  it('count typical bodies the same, protobuf and JSON', () => {
    const random = seeded(1);
    for (const size of [1, 32, 200]) {
      const body = typicalBody(random, size);
      const expected = nonZero(referenceMetrics(decodeRequest(protobufBody(body))));
      const protobuf = pipeline({ semconv: true });
      expect(protobuf.take(protobufBody(body)).spans).toBe(size);
      expect(differences(protobuf.counts(), expected)).toEqual([]);
      const json = pipeline({ semconv: true });
      json.take(jsonBody(body));
      expect(differences(json.counts(), expected)).toEqual([]);
    }
  });

  it('count odd bodies the same, protobuf and JSON', () => {
    for (let seed = 0; seed < 80; seed++) {
      const body = oddBody(seeded(seed)).map((r) => ({
        ...r,
        // Both encodings must carry the same ids, which weights are rounded by.
        spans: r.spans.map((s, i) => ({ spanId: (seed * 1000 + i + 1).toString(16).padStart(16, '9'), ...s })),
      }));
      const expected = nonZero(referenceMetrics(decodeRequest(protobufBody(body))));
      const protobuf = pipeline({ semconv: true });
      protobuf.take(protobufBody(body));
      expect(differences(protobuf.counts(), expected), `protobuf, seed ${seed}`).toEqual([]);
      const json = pipeline({ semconv: true });
      json.take(jsonBody(body));
      expect(differences(json.counts(), expected), `JSON, seed ${seed}`).toEqual([]);
    }
  });

  it('count spans with every field of opentelemetry-proto set the same', () => {
    const random = seeded(9);
    for (let i = 0; i < 40; i++) {
      const request = decodeRequest(protobufBody(typicalBody(random, 3)));
      for (const resourceSpans of request.resourceSpans) {
        resourceSpans.schemaUrl = 'https://opentelemetry.io/schemas/1.40.0';
        const resource = filled(ResourceSchema, random);
        resourceSpans.resource = { ...resource, attributes: [...resourceSpans.resource!.attributes] };
        for (const scopeSpans of resourceSpans.scopeSpans) {
          scopeSpans.scope = filled(InstrumentationScopeSchema, random);
          scopeSpans.spans = scopeSpans.spans.map((span) => {
            const { kind, traceState, traceId, spanId, startTimeUnixNano, endTimeUnixNano, attributes } = span;
            const kept = { kind, traceState, traceId, spanId, startTimeUnixNano, endTimeUnixNano };
            const full = filled(SpanSchema, random);
            // Attributes of all kinds before and after those that count.
            const around = [...full.attributes.slice(0, 1), ...attributes, ...full.attributes.slice(1)];
            return { ...full, ...kept, attributes: around };
          });
        }
      }
      const body = encodeRequest(request);
      const ours = pipeline({ semconv: true });
      expect(ours.take(body).spans).toBe(3);
      expect(differences(ours.counts(), nonZero(referenceMetrics(decodeRequest(body)))), `body ${i}`).toEqual([]);
    }
  });

  it('agree on mutated bodies wherever both accept them', () => {
    const random = seeded(7);
    const whole = protobufBody(typicalBody(random, 4));
    let both = 0;
    let refused = 0;
    // bodies are counted one after another, so that what a refused one leaves behind is seen as well
    let ours = pipeline({ semconv: true });
    let expected = new Map<string, number>();
    const anew = () => {
      ours = pipeline({ semconv: true });
      expected = new Map();
    };
    for (let i = 0; i < 1500; i++) {
      const body = mutate(whole, random);
      const { take, counts } = ours;
      const accepted = attempt(() => take(body));
      const request = attempt(() => decodeRequest(body));
      if (!accepted) {
        refused++;
        continue;
      }
      const alone = request && comparable(request, body);
      if (!alone) {
        anew();
        continue;
      }
      both++;
      for (const [key, by] of alone) expected.set(key, (expected.get(key) ?? 0) + by);
      expect(differences(counts(), expected), `mutation ${i}`).toEqual([]);
      // before the labels' budgets are full
      if (both % 20 === 0) anew();
    }
    expect(both).toBeGreaterThan(150);
    expect(refused).toBeGreaterThan(150);
  });

  it('refuse a body cut anywhere and count nothing of it', () => {
    const whole = protobufBody(typicalBody(seeded(3), 3));
    const { take, counts } = pipeline({ semconv: true });
    for (let length = 1; length < whole.length; length++)
      expect(() => take(whole.subarray(0, length)), `cut at ${length}`).toThrow(Malformed);
    expect(counts().size).toBe(0);
  });

  it('accept no JSON text that JSON.parse refuses', () => {
    const random = seeded(11);
    const whole = new TextEncoder().encode(jsonBody(typicalBody(random, 2)));
    const { take } = pipeline({ semconv: true });
    let accepted = 0;
    for (let i = 0; i < 1500; i++) {
      const text = new TextDecoder().decode(mutate(whole, random));
      if (!attempt(() => take(text))) continue;
      accepted++;
      expect(() => JSON.parse(text), `mutation ${i}: ${text.slice(0, 200)}`).not.toThrow();
    }
    expect(accepted).toBeGreaterThan(100);
  });
});

/** A message with every field set, by its descriptor. */
function filled<T extends DescMessage>(schema: T, random: () => number, depth = 0): MessageShape<T> {
  const message = create(schema);
  const r = reflect(schema, message);
  const one = (field: DescField & { scalar?: ScalarType | undefined }): ScalarValue => {
    if (field.scalar === ScalarType.STRING) return `text ${Math.floor(random() * 1e6)}`;
    if (field.scalar === ScalarType.BYTES) return Uint8Array.from({ length: 8 }, () => Math.floor(random() * 256));
    if (field.scalar === ScalarType.BOOL) return true;
    const big = [ScalarType.INT64, ScalarType.FIXED64, ScalarType.UINT64].includes(field.scalar!);
    return big ? BigInt(Math.floor(random() * 1e15)) : Math.floor(random() * 1e9);
  };
  for (const field of schema.fields) {
    // Of a oneof's members one, at random; the deepest messages stay empty.
    if (field.oneof && random() < 0.6) continue;
    if (field.fieldKind === 'scalar') r.set(field, one(field));
    else if (field.fieldKind === 'enum') r.set(field, 1);
    else if (depth > 4) continue;
    else if (field.fieldKind === 'message')
      r.set(field, reflect(field.message, filled(field.message, random, depth + 1)));
    else if (field.fieldKind === 'list')
      for (let n = 0; n < 2; n++)
        r.get(field).add(
          field.listKind === 'message'
            ? reflect(field.message, filled(field.message, random, depth + 1))
            : one(field as typeof field & { scalar?: ScalarType }),
        );
  }
  return message;
}

/** The value, or undefined when a decoder refused in its own way; anything else it throws is a defect. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    if (error instanceof Error && error.stack?.includes('@bufbuild')) return undefined;
    throw error;
  }
}

/** One to three small damages: a byte changed, inserted, removed, or a stretch copied. */
function mutate(whole: Uint8Array, random: () => number): Uint8Array {
  let bytes = Array.from(whole);
  for (let n = 1 + Math.floor(random() * 3); n > 0; n--) {
    const at = Math.floor(random() * bytes.length);
    const kind = Math.floor(random() * 4);
    if (kind === 0) bytes[at] = Math.floor(random() * 256);
    else if (kind === 1) bytes[at] = bytes[at]! ^ (1 << Math.floor(random() * 8));
    else if (kind === 2) bytes = [...bytes.slice(0, at), Math.floor(random() * 256), ...bytes.slice(at + 1)];
    else bytes.splice(at, 1);
  }
  return Uint8Array.from(bytes);
}
