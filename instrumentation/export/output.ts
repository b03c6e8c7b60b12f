import type { Reader } from '../environment.ts';
import type { Log } from '../log.ts';
import { resourceOf } from '../resource.ts';
import { endpointOf } from './endpoint.ts';
import type { SpanLimits } from './otlp.ts';
import { createOwnOutput, type SpanOutput } from './own.ts';
import type { QueueLimits } from './queue.ts';
import { createTransport, type Transport } from './transport.ts';

/** Batch span processor and span limits (OpenTelemetry specification, SDK environment variables). */
export function limitsOf(reader: Reader): SpanLimits & QueueLimits {
  const spans = reader.integer('OTEL_BSP_MAX_QUEUE_SIZE', 2048, 1);
  const general = reader.integer('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', Number.MAX_SAFE_INTEGER);
  const count = reader.integer('OTEL_ATTRIBUTE_COUNT_LIMIT', 128);
  return {
    delayMs: reader.integer('OTEL_BSP_SCHEDULE_DELAY', 5000),
    batch: Math.min(reader.integer('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512, 1), spans),
    spans,
    valueLength: reader.integer('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', general),
    attributeCount: reader.integer('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', count),
    linkCount: reader.integer('OTEL_SPAN_LINK_COUNT_LIMIT', 128),
  };
}

export function createOutput(reader: Reader, log: Log): SpanOutput {
  const endpoint = endpointOf(reader);
  let transport: Transport | undefined;
  const open = () => {
    transport ??= createTransport(endpoint);
    return transport;
  };
  return createOwnOutput(
    open,
    () => resourceOf(reader),
    limitsOf(reader),
    (verdict) => {
      log.warnOnce('export', `spans cannot be sent to ${endpoint.url.origin} (${verdict.why}); said once`);
    },
  );
}
