import type { Reader } from '../base/environment.ts';
import type { Guard } from '../base/guard.ts';
import type { Log } from '../base/log.ts';
import { createCopies } from '../export/copies.ts';
import { endpointOf, isStated } from '../export/endpoint.ts';
import { sendFromThread } from '../export/exit-worker.ts';
import { jsonOf } from '../export/json.ts';
import type { SpanLimits } from '../export/otlp.ts';
import { createQueue, type QueueLimits, type SendQueue } from '../export/queue.ts';
import { createOwnOutput } from '../export/span-batcher.ts';
import { createTransport } from '../export/transport.ts';
import type { Transport } from '../export/types.ts';
import type { AttributeList } from '../span/list.ts';
import type { AttributeValue, SpanHead } from '../span/record.ts';
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

/** Standard variables that say something of client spans, or of where they go, and that ours do not honour (docs/configuration.md). */
export const UNHONOURED: readonly string[] = [
  ...['OTEL_BSP_EXPORT_TIMEOUT', 'OTEL_SEMCONV_STABILITY_OPT_IN'],
  ...['OTEL_EXPORTER_ZIPKIN_ENDPOINT', 'OTEL_EXPORTER_ZIPKIN_TIMEOUT', 'OTEL_EXPORTER_JAEGER_ENDPOINT'],
  ...['OTEL_SPAN_EVENT_COUNT_LIMIT', 'OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', 'OTEL_LINK_ATTRIBUTE_COUNT_LIMIT'],
  ...['REQUEST', 'RESPONSE'].map((side) => `OTEL_INSTRUMENTATION_HTTP_CLIENT_CAPTURE_${side}_HEADERS`),
];

const EXPORTERS = ['otlp', 'console'];

/** Names of `OTEL_TRACES_EXPORTER` that are to be used. */
function exportersOf(reader: Reader): string[] {
  const names = reader.list('OTEL_TRACES_EXPORTER') ?? ['otlp'];
  for (const name of names)
    if (name !== 'none' && !EXPORTERS.includes(name))
      reader.problems.push(`OTEL_TRACES_EXPORTER '${name}' is not supported, only otlp, console and none`);
  return names.includes('none') ? [] : EXPORTERS.filter((name) => names.includes(name));
}

/** The way out for every span that this package makes: a {@link SpanOutput}. */
export function createOutput(reader: Reader, log: Log, guard: Guard) {
  const endpoint = endpointOf(reader);
  const stated = isStated(reader);
  const limits = limitsOf(reader);
  const exporters = exportersOf(reader);
  const sends = exporters.includes('otlp');
  const prints = exporters.includes('console');
  let transport: Transport | undefined;
  let resource: ReadonlyMap<string, AttributeValue> | undefined;

  const openTransport = () => {
    transport ??= createTransport(endpoint);
    return transport;
  };
  const getResource = () => {
    resource ??= resourceOf(reader);
    return resource;
  };
  let isFirst = true;
  const sayUnhonoured = () => {
    isFirst = false;
    const names = UNHONOURED.filter((name) => reader.text(name) !== undefined);
    if (names.length > 0)
      log.warnOnce('unhonoured', `not honoured by spans that faultlayer makes: ${names.join(', ')}`);
  };
  const queue = createQueue(
    openTransport,
    limits,
    ({ why }) => {
      // whoever has the metrics served here needs no collector
      if (stated || reader.text('FAULTLAYER_METRICS_PORT') === undefined)
        log.warnOnce('export', `spans cannot be sent to ${endpoint.url.origin} (${why}); said once`);
    },
    (bodies, until) => sendFromThread(endpoint, bodies, until),
  );
  const push: SendQueue['push'] = (body, ...more) => queue.push(jsonOf(body), ...more);
  const inEncoding: SendQueue =
    endpoint.protocol === 'http/json' ? Object.assign(Object.create(queue), { push }) : queue;
  const own = createOwnOutput(inEncoding, getResource, limits, guard);
  const copies =
    sends && stated && endpoint.protocol !== 'http/json'
      ? Object.assign(createCopies(endpoint, queue, openTransport, getResource, limits, guard), {
          isWanted: () => transport?.isOurs !== false,
        })
      : undefined;

  return {
    /** A call has started: has a connection made, if there is none. */
    open(): void {
      if (sends) guard.run('connection', () => openTransport().open(), undefined);
    },
    add(span: SpanHead, attributes: AttributeList, urgent?: boolean): void {
      if (isFirst) sayUnhonoured();
      if (sends) own.add(span, attributes, urgent);
      // as the SDK's ConsoleSpanExporter
      if (prints) console.dir({ ...span, attributes: attributes.toObject() }, { depth: 3 });
    },
    async flush(): Promise<void> {
      await copies?.flush();
      await own.flush();
      await queue.drain();
    },
    /** Only where an endpoint is stated. */
    copies,
    /** Sends everything synchronously, until `until` (monotonic ms) at most. A thread is started for failures alone, with `all` for any span. */
    finish(until: number, all?: boolean): void {
      own.hurry(all);
      copies?.finish(until);
      queue.finish(until);
    },
    get pending(): number {
      return own.pending + (copies?.pending ?? 0) + queue.spans;
    },
    get dropped(): number {
      return own.dropped + queue.dropped;
    },
  };
}
