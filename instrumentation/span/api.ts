import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { NAME, VERSION } from '../../src/version.ts';
import type { CallSink } from '../capture/types.ts';
import { isOwnExport } from '../export/transport.ts';
import { epochOf } from './clock.ts';
import { activeContext, isSuppressed } from './context.ts';
import { notify } from './notify.ts';
import { nameOf, type SinkParts } from './own.ts';

/**
 * Client spans made through the registered tracer provider, whoever registered it: they pass its sampler, processors and
 * exporters. The way for `OTEL_CONFIG_FILE`, and for an application whose SDK has no HTTP instrumentation.
 */
export function createApiSpans(parts: SinkParts): CallSink {
  const tracer = trace.getTracer(NAME, VERSION);
  return {
    start(call) {
      const active = activeContext();
      if (isOwnExport() || isSuppressed(active)) return false;
      const parent = context.active() ?? ROOT_CONTEXT;
      const span = tracer.startSpan(call.method, { kind: SpanKind.CLIENT, startTime: epochOf(call.startMs) }, parent);
      call.span = span;
      if (call.requestHeader('traceparent') === undefined)
        propagation.inject(trace.setSpan(parent, span), call, {
          set: (carrier, name, value) => carrier.setHeader(name, value),
        });
      parts.attempts.start(call);
      parts.attempts.identify(call, span.spanContext());
      return true;
    },
    end(call, outcome) {
      const span = call.span as ReturnType<typeof tracer.startSpan>;
      const attempt = parts.attempts.end(call, outcome);
      if (!span.isRecording() && parts.listeners.length === 0) return;
      const attributes = { ...parts.attributesOf(call, outcome), ...attempt.attributes };
      span.setAttributes(attributes);
      span.updateName(nameOf(call, attributes));
      for (const link of attempt.links) span.addLink({ context: { ...link, traceFlags: 1 } });
      if (outcome.kind === 'failed') span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(epochOf(call.endMs));
      notify(parts, call, outcome, attributes, attempt.links, span.spanContext());
    },
  };
}
