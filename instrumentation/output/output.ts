import type { Reader } from '../base/environment.ts';
import type { Guard } from '../base/guard.ts';
import type { Log } from '../base/log.ts';
import { isThread } from '../base/thread.ts';
import { endpointOf } from '../export/endpoint.ts';
import { lastWay } from '../export/last-way.ts';
import type { SpanLimits } from '../export/otlp.ts';
import { createOwnOutput, type SpanOutput } from '../export/own.ts';
import { createQueue, type QueueLimits } from '../export/queue.ts';
import { createTransport, type Transport } from '../export/transport.ts';
import { loadSdk } from '../sdk/load.ts';
import type { Sdk } from '../sdk/sdk.ts';
import { type AttributeValue, recordOf } from '../span/record.ts';
import { headSamplerOf } from '../span/sampler.ts';
import { resourceOf } from './resource.ts';

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

const EXPORTERS = ['otlp', 'console'];

/** Names of `OTEL_TRACES_EXPORTER` that are to be used. */
function exportersOf(reader: Reader): string[] {
  const names = reader.list('OTEL_TRACES_EXPORTER') ?? ['otlp'];
  for (const name of names)
    if (name !== 'none' && !EXPORTERS.includes(name))
      reader.problems.push(`OTEL_TRACES_EXPORTER '${name}' is not supported, only otlp, console and none`);
  return names.includes('none') ? [] : EXPORTERS.filter((name) => names.includes(name));
}

export interface Output extends SpanOutput {
  /** The SDK half, loaded at the first use. */
  sdk(): Sdk;
  /** A call has started: has a connection made, if there is none. */
  open(): void;
  /** Sends failures synchronously, until `until` (monotonic ms) at most. */
  finish(until: number): void;
}

/** The way out for every span of this process: ours written directly, the application's through the SDK, one queue for both. */
export function createOutput(reader: Reader, log: Log, guard: Guard): Output {
  const endpoint = endpointOf(reader);
  const limits = limitsOf(reader);
  const exporters = exportersOf(reader);
  const sampler = headSamplerOf(reader);
  const direct = exporters.includes('otlp') && endpoint.protocol !== 'http/json';
  const indirect = exporters.length > (direct ? 1 : 0);
  let transport: Transport | undefined;
  let resource: ReadonlyMap<string, AttributeValue> | undefined;
  let loaded: Sdk | undefined;

  const openTransport = () => {
    transport ??= createTransport(endpoint);
    return transport;
  };
  const getResource = () => {
    resource ??= resourceOf(reader);
    return resource;
  };
  const queue = createQueue(
    openTransport,
    limits,
    ({ why }) => log.warnOnce('export', `spans cannot be sent to ${endpoint.url.origin} (${why}); said once`),
    (bodies, until) => lastWay(endpoint, bodies, until),
  );
  const own = createOwnOutput(queue, getResource, limits, guard, isThread());
  const sdk = () => {
    loaded ??= loadSdk().createSdk({
      resource: getResource(),
      exporters,
      direct,
      protocol: endpoint.protocol,
      queue,
      sampler,
    });
    return loaded;
  };

  return {
    sdk,
    open() {
      if (direct) guard.run('connection', () => openTransport().open(), undefined);
    },
    add(span, attributes, urgent) {
      if (direct) own.add(span, attributes, urgent);
      if (indirect) sdk().add(recordOf(span, attributes.toObject()));
    },
    async flush() {
      await own.flush();
      await loaded?.flush();
      await queue.drain();
    },
    finish(until) {
      own.hurry();
      queue.finish(until);
    },
    get pending() {
      return own.pending + queue.spans + (loaded?.pending ?? 0);
    },
    get dropped() {
      return own.dropped + queue.dropped;
    },
  };
}
