import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapPropagator,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { NAME, VERSION } from '../../src/version.ts';
import { isOwnExport } from '../export/transport.ts';
import type { CallSink } from '../judge/types.ts';
import { epochOf } from '../span/clock.ts';
import { activeContext, isSuppressed, registeredPropagator, registeredProvider } from '../span/context.ts';
import { AttributeList } from '../span/list.ts';
import { notify } from './notify.ts';
import type { SinkParts } from './own.ts';

/** Makes spans and writes headers; the OpenTelemetry API's globals, or our own SDK while nobody registered one. */
export interface Through {
  readonly provider: TracerProvider;
  readonly propagator: TextMapPropagator;
}

/**
 * Client spans made through the registered tracer provider, whoever registered it and whenever: they pass its sampler, processors and
 * exporters. The way for `OTEL_CONFIG_FILE`, and for an application whose SDK has no HTTP instrumentation. The globals are read directly:
 * through an own copy of the API they would be unseen when the application's copy is older, or registers later.
 */
export function createApiSpans(parts: SinkParts, own: () => Through): CallSink {
  const tracers = new WeakMap<object, Tracer>();
  const setter = {
    set: (carrier: { setHeader(n: string, v: string): void }, n: string, v: string) => carrier.setHeader(n, v),
  };
  const tracerOf = (provider: TracerProvider): Tracer => {
    const known = tracers.get(provider) ?? provider.getTracer(NAME, VERSION);
    tracers.set(provider, known);
    return known;
  };
  const through = (): Through => {
    const provider = registeredProvider() as TracerProvider | undefined;
    if (provider === undefined) return own();
    return { provider, propagator: registeredPropagator() as TextMapPropagator };
  };

  return {
    start(call) {
      const active = activeContext();
      if (isOwnExport() || isSuppressed(active)) return false;
      const parent = (active as Context | undefined) ?? ROOT_CONTEXT;
      const { provider, propagator } = through();
      const options = { kind: SpanKind.CLIENT, startTime: epochOf(call.startMs) };
      const span = tracerOf(provider).startSpan(call.method, options, parent);
      call.span = span;
      if (call.requestHeader('traceparent') === undefined)
        propagator?.inject(trace.setSpan(parent, span), call, setter);
      parts.attempts.start(call);
      parts.attempts.identify(call, span.spanContext());
      return true;
    },
    end(call, outcome) {
      const span = call.span as Span;
      const list = new AttributeList();
      const links = parts.attempts.end(call, outcome, list);
      if (!span.isRecording() && parts.listeners.length === 0) return;
      const name = parts.describe(list, call, outcome);
      span.setAttributes(list.toObject() as Parameters<Span['setAttributes']>[0]);
      span.updateName(name);
      for (const link of links) span.addLink?.({ context: { ...link, traceFlags: 1 } });
      if (outcome.kind === 'failed') span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(epochOf(call.endMs));
      notify(parts, call, outcome, { name, list, links }, span.spanContext());
    },
  };
}
