import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createGuard } from '../../../instrumentation/base/guard.ts';
import { createOwnOutput, type SpanOutput } from '../../../instrumentation/export/span-batcher.ts';
import { Block } from '../../../instrumentation/span/block.ts';
import { newIds } from '../../../instrumentation/span/ids.ts';
import { AttributeList } from '../../../instrumentation/span/list.ts';
import type { SpanRecord } from '../../../instrumentation/span/record.ts';
import { VERSION } from '../../../src/version.ts';
import { listOf } from '../../support/attributes.ts';
import { decodeTraces } from '../../support/otlp-decode.ts';

const LIMITS = { valueLength: Number.MAX_SAFE_INTEGER, attributeCount: 128, linkCount: 128 };
const QUEUE = { batch: 512, spans: 2048, delayMs: 60_000 };
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
/** What the queue is given for spans that end one after another. */
async function bodiesOf(add: (output: SpanOutput) => void, limits = LIMITS): Promise<Uint8Array[]> {
  const bodies: Uint8Array[] = [];
  const queue = {
    push: (body: Uint8Array) => bodies.push(body) > 0,
    spans: 0,
    dropped: 0,
    drain: async () => {},
    finish: () => {},
  };
  const resource = () => new Map([['service.name', 'größe']]);
  const output = createOwnOutput(queue, resource, { ...QUEUE, ...limits }, createGuard());
  add(output);
  await output.flush();
  return bodies;
}
async function decode(span: SpanRecord, limits?: typeof LIMITS) {
  const [body] = await bodiesOf((output) => output.add(span, listOf(span.attributes)), limits);
  return decodeTraces(body!)[0]!;
}

it('writes every field where an independent decoder finds it', async () => {
  const span = { ...base, attributes: { 'http.request.method': 'GET', 'server.port': 443, 'api.retry.after': 2 } };
  expect(await decode(span)).toMatchObject({
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

it('keeps nanoseconds exact beyond 2^53', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 8e12 }), fc.integer({ min: 0, max: 1023 }), async (ms, fraction) => {
      const span = { ...base, startMs: ms + fraction / 1024, endMs: ms + 1 };
      const exact = BigInt(ms) * 1_000_000n + BigInt(Math.floor((span.startMs - ms) * 1e6));
      expect((await decode(span)).startNanos).toBe(exact);
    }),
  );
});

it('carries any attribute through', async () => {
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
  await fc.assert(
    fc.asyncProperty(attributes, fc.string({ unit: 'grapheme' }), async (attributes, name) => {
      fc.pre(!Object.hasOwn(attributes, '__proto__'));
      const span = await decode({ ...base, name, attributes });
      expect(span.name).toBe(name);
      expect(span.attributes).toEqual({ ...attributes });
    }),
  );
});

it('holds to the span limits', async () => {
  const attributes = { a: 'x'.repeat(100), b: ['ü'.repeat(100), 'z'], c: 1, d: 2 };
  const span = await decode({ ...base, attributes }, { valueLength: 10, attributeCount: 3, linkCount: 0 });
  expect(span.attributes).toEqual({ a: 'x'.repeat(10), b: ['ü'.repeat(10), 'z'], c: 1 });
  expect(span.links).toEqual([]);
});

it('reads like what the SDK’s own serializer writes', async () => {
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
        instrumentationScope: { name: 'faultlayer', version: VERSION },
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
  const ours = await decode({ ...base, traceState: '', attributes });
  // milliseconds as a double resolve to about 0.2 µs
  expect(Number(ours.startNanos - reference.startNanos)).toBeCloseTo(0, -3);
  expect(Number(ours.endNanos - reference.endNanos)).toBeCloseTo(0, -3);
  expect({ ...ours, startNanos: 0n, endNanos: 0n }).toEqual({ ...reference, startNanos: 0n, endNanos: 0n });
});

it('writes spans of any size one after another', async () => {
  const sizes = [0, 20, 127, 128, 5_000, 16_100, 16_200, 16_300, 16_383, 16_384, 300_000];
  const [body] = await bodiesOf((output) => {
    for (const size of sizes) {
      // nothing else, so that the least of them is shorter than 128 bytes
      const plain = { ...base, parentSpanId: undefined, traceState: '', name: '', links: [], failed: false };
      output.add(plain, listOf(size === 0 ? {} : { text: 'x'.repeat(size) }));
    }
  });
  const spans = decodeTraces(body!);
  expect(spans.map(({ attributes }) => String(attributes['text'] ?? '').length)).toEqual(sizes);
  for (const span of spans) expect(span).toMatchObject({ traceId: base.traceId, spanId: base.spanId, flags: 1 });
});

it('loses one span alone when that cannot be written', async () => {
  const broken = {
    'url.full': 'https://api.example/',
    get 'url.template'(): string[] {
      return [null as never];
    },
  };
  let dropped = 0;
  const [body] = await bodiesOf((output) => {
    output.add({ ...base, failed: false }, listOf({ text: 'before' }));
    expect(() => output.add({ ...base, failed: false }, listOf(broken))).toThrow();
    output.add({ ...base, failed: false }, listOf({ text: 'after' }));
    dropped = output.dropped;
  });
  expect(decodeTraces(body!).map(({ attributes }) => attributes)).toEqual([{ text: 'before' }, { text: 'after' }]);
  expect(dropped).toBe(1);
});

it('draws IDs of the right size, none twice', () => {
  const drawn = Array.from({ length: 1_000 }, newIds);
  for (const { traceId, spanId } of drawn) expect(`${traceId}-${spanId}`).toMatch(/^[0-9a-f]{32}-[0-9a-f]{16}$/);
  expect(new Set(drawn.flatMap(({ traceId, spanId }) => [traceId, spanId])).size).toBe(2_000);
});

it.each(['not hexadecimal!', 'abcd', 'ab'.repeat(16), ''])(
  'writes zeros for a parent’s ID that is none (%j), and nothing else is moved',
  async (parentSpanId) => {
    const span = await decode({ ...base, parentSpanId });
    expect(span).toMatchObject({ parentSpanId: '0000000000000000', name: base.name, kind: 3, links: base.links });
  },
);

it('shares no bytes with an engine of other limits', async () => {
  const block = new Block();
  block.set('url.template', '/v1/things');
  const list = () => {
    const one = new AttributeList();
    one.share(block);
    return one;
  };
  const whole = await bodiesOf((output) => output.add(base, list()));
  const cut = await bodiesOf((output) => output.add(base, list()), { ...LIMITS, valueLength: 3 });
  const again = await bodiesOf((output) => output.add(base, list()));
  const written = [whole, cut, again].map(([body]) => decodeTraces(body!)[0]!.attributes['url.template']);
  expect(written).toEqual(['/v1/things', '/v1', '/v1/things']);
});
