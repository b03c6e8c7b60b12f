import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { jsonOf } from '../../../instrumentation/export/json.ts';

it('says in JSON what the protobuf says, as OpenTelemetry’s own serializer does', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const tracer = provider.getTracer('scope', '1.2.3');
  const linked = tracer.startSpan('linked');
  linked.end();
  const span = tracer.startSpan('GET /größe', { kind: 2, links: [{ context: linked.spanContext() }] });
  span.setAttributes({
    text: '“ü”',
    yes: true,
    no: false,
    whole: 42,
    negative: -7,
    large: 2 ** 53,
    part: 0.25,
    list: ['a', 'b'],
  });
  span.setStatus({ code: 2, message: 'broken' });
  span.end();
  const spans = exporter.getFinishedSpans();
  const read = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString());
  /** Of fields that are empty one encoding says nothing. */
  const bare = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (key, v) =>
      v === 0 ||
      v === '' ||
      (Array.isArray(v) && v.length === 0 && key !== 'values') ||
      (key === 'status' && Object.keys(v).length === 0) ||
      key === 'flags'
        ? undefined
        : key === 'intValue'
          ? String(v)
          : v,
    );
  expect(bare(read(jsonOf(ProtobufTraceSerializer.serializeRequest([...spans])!)))).toEqual(
    bare(read(JsonTraceSerializer.serializeRequest([...spans])!)),
  );
});
