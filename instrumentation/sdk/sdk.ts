import {
  type TracerProvider as ApiTracerProvider,
  SpanKind,
  SpanStatusCode,
  type TextMapPropagator,
  TraceFlags,
} from '@opentelemetry/api';
import {
  CompositePropagator,
  type ExportResult,
  ExportResultCode,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ConsoleSpanExporter,
  type ReadableSpan,
  type Sampler,
  SamplingDecision,
  SimpleSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { NAME, VERSION } from '../../src/version.ts';
import type { Protocol } from '../export/endpoint.ts';
import type { SendQueue } from '../export/queue.ts';
import type { AttributeValue, SpanRecord } from '../span/record.ts';
import type { HeadSampler } from '../span/sampler.ts';

type Resource = ReadonlyMap<string, AttributeValue>;

export interface SdkParts {
  readonly resource: Resource;
  /** Names from `OTEL_TRACES_EXPORTER`. */
  readonly exporters: readonly string[];
  /** Own records reach the OTLP endpoint without the SDK; `add` leaves that exporter out. */
  readonly direct: boolean;
  readonly protocol: Protocol;
  readonly queue: SendQueue;
  readonly sampler: HeadSampler;
}

const NANOS = 1_000_000_000;
const hrTime = (epochMs: number): [number, number] => {
  const seconds = Math.floor(epochMs / 1000);
  return [seconds, Math.min(NANOS - 1, Math.round((epochMs - seconds * 1000) * 1e6))];
};

/** SDK spans through our own queue: the stock exporter's sockets and retry timers would hold a finished process. */
function otlpExporter({ protocol, queue }: SdkParts, waiting: Waiting): SpanExporter {
  const serializer = protocol === 'http/json' ? JsonTraceSerializer : ProtobufTraceSerializer;
  return {
    export(spans: ReadableSpan[], done: (result: ExportResult) => void) {
      waiting.spans = Math.max(0, waiting.spans - spans.length);
      const body = serializer.serializeRequest(spans);
      const taken = body !== undefined && queue.push(body, spans.length);
      done({ code: taken ? ExportResultCode.SUCCESS : ExportResultCode.FAILED });
    },
    forceFlush: () => queue.drain(),
    shutdown: () => queue.drain(),
  };
}

/** A batch processor does not tell how many spans it holds, and at the process's end that decides whether to wait. */
interface Waiting {
  spans: number;
}
function otlpProcessor(parts: SdkParts, waiting: Waiting): SpanProcessor {
  const batch = new BatchSpanProcessor({ exporter: otlpExporter(parts, waiting) });
  return {
    onStart: (span, context) => batch.onStart(span, context),
    onEnd(span) {
      if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0) waiting.spans++;
      batch.onEnd(span);
    },
    forceFlush: async () => {
      await batch.forceFlush();
      waiting.spans = 0;
    },
    shutdown: () => batch.shutdown(),
  };
}

const PROCESSORS: Readonly<Record<string, (parts: SdkParts, waiting: Waiting) => SpanProcessor>> = {
  otlp: otlpProcessor,
  console: () => new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() }),
};

export interface Sdk {
  readonly provider: ApiTracerProvider;
  readonly propagator: TextMapPropagator;
  /** Hands over one of our own span records. */
  add(span: SpanRecord): void;
  /** Spans the batch processor holds. */
  readonly pending: number;
  flush(): Promise<void>;
}

/** Tracer provider for the application's own spans, and the way out for ours where they are not written directly. */
export function createSdk(parts: SdkParts): Sdk {
  const resource = resourceFromAttributes(Object.fromEntries(parts.resource));
  const waiting: Waiting = { spans: 0 };
  const processors = new Map(parts.exporters.map((name) => [name, PROCESSORS[name]!(parts, waiting)]));
  const spanProcessors = [...processors.values()];
  const provider = new TracerProvider({ resource, spanProcessors, sampler: sdkSampler(parts.sampler) });
  const instrumentationScope = { name: NAME, version: VERSION };
  return {
    provider,
    propagator: new CompositePropagator({
      propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
    }),
    add(span) {
      const readable = readableOf(span, resource, instrumentationScope);
      for (const [name, processor] of processors) if (name !== 'otlp' || !parts.direct) processor.onEnd(readable);
    },
    get pending() {
      return waiting.spans;
    },
    flush: () => provider.forceFlush(),
  };
}

/** The same decision for the application's spans as for ours. */
const sdkSampler = (head: HeadSampler): Sampler => ({
  shouldSample(context, traceId) {
    const span = context.getValue(Symbol.for('OpenTelemetry Context Key SPAN')) as
      | { spanContext(): Parameters<HeadSampler>[1] }
      | undefined;
    return {
      decision: head(traceId, span?.spanContext()) ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD,
    };
  },
  toString: () => 'faultlayer',
});

function readableOf(
  span: SpanRecord,
  resource: ReadableSpan['resource'],
  instrumentationScope: ReadableSpan['instrumentationScope'],
): ReadableSpan {
  const { traceId, spanId, parentSpanId, traceFlags } = span;
  const startTime = hrTime(span.startMs);
  const endTime = hrTime(span.endMs);
  const traceState =
    span.traceState === ''
      ? undefined
      : ({ serialize: () => span.traceState } as ReturnType<ReadableSpan['spanContext']>['traceState']);
  return {
    name: span.name,
    kind: SpanKind.CLIENT,
    spanContext: () => ({ traceId, spanId, traceFlags, ...(traceState && { traceState }) }),
    ...(parentSpanId !== undefined && {
      parentSpanContext: { traceId, spanId: parentSpanId, traceFlags, isRemote: span.parentIsRemote },
    }),
    startTime,
    endTime,
    duration: hrTime(Math.max(0, span.endMs - span.startMs)),
    status: { code: span.failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes: span.attributes as ReadableSpan['attributes'],
    links: span.links.map((link) => ({ context: { ...link, traceFlags: 1 } })),
    events: [],
    ended: true,
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}
