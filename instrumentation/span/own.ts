import type { Call, CallSink, Outcome } from '../capture/types.ts';
import type { Reader } from '../environment.ts';
import type { SpanOutput } from '../export/own.ts';
import { isOwnExport } from '../export/transport.ts';
import type { Guard } from '../guard.ts';
import { headSamplerOf, type OutcomeSampler } from '../sampler.ts';
import { epochOf } from './clock.ts';
import { activeContext, isSuppressed, type SpanContext, spanOf } from './context.ts';
import { newSpanId, newTraceId } from './ids.ts';
import { parseTraceparent, propagatorOf } from './propagation.ts';
import type { Attributes, SpanLink, SpanListener, SpanRecord } from './record.ts';

/** What the sink keeps of a span between start and end. */
interface OpenSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parent: SpanContext | undefined;
  readonly traceState: string;
  readonly sampled: boolean;
}

/** Reads attempts, made by `instrumentation/attempts`: adds what earlier calls say about this one. */
export interface AttemptTracker {
  start(call: Call): void;
  /** Says which span is this attempt's, as soon as it is known; links point there. */
  identify(call: Call, span: SpanLink): void;
  /** The call's answer failed, or may have; what it says comes later. */
  noted(call: Call): void;
  /** Attributes and links of this attempt. */
  end(call: Call, outcome: Outcome): { readonly attributes: Attributes; readonly links: readonly SpanLink[] };
}

/** What every kind of span needs. */
export interface SinkParts {
  readonly attributesOf: (call: Call, outcome: Outcome) => Attributes;
  readonly attempts: AttemptTracker;
  readonly listeners: readonly SpanListener[];
  readonly guard: Guard;
}
export interface OwnSpanParts extends SinkParts {
  readonly reader: Reader;
  readonly output: Pick<SpanOutput, 'add'>;
  readonly outcomeSampler: OutcomeSampler | undefined;
}

const INVALID_TRACE = '00000000000000000000000000000000';
const SAMPLED = 1;

const activeParent = (): SpanContext | undefined => {
  const active = spanOf(activeContext())?.spanContext();
  return active && active.traceId !== INVALID_TRACE ? active : undefined;
};

/** Client spans made straight from the captured calls. */
export function createOwnSpans(parts: OwnSpanParts): CallSink {
  const head = headSamplerOf(parts.reader);
  const inject = propagatorOf(parts.reader);
  const { outcomeSampler, output, listeners, attempts, guard } = parts;

  return {
    start(call) {
      if (isOwnExport() || isSuppressed(activeContext())) return false;
      const foreign = parseTraceparent(call.requestHeader('traceparent'));
      const parent = activeParent() ?? (foreign && { ...foreign, isRemote: true });
      const traceId = parent?.traceId ?? newTraceId();
      const parentState = parent?.traceState?.serialize() ?? '';
      const sampled = outcomeSampler ? outcomeSampler.keepsSuccess(traceId, parentState) : head(traceId, parent);
      const traceState = outcomeSampler && sampled ? outcomeSampler.mark(parentState, false) : parentState;
      const span: OpenSpan = { traceId, spanId: newSpanId(), parent, traceState, sampled };
      call.span = span;
      call.mayWait = true;
      // a header the application wrote itself stays the only one
      if (!foreign) inject(span, call);
      attempts.start(call);
      attempts.identify(call, span);
      return true;
    },
    noted: (call) => attempts.noted(call),
    end(call, outcome) {
      const span = call.span as OpenSpan;
      const attempt = attempts.end(call, outcome);
      const failed = outcome.kind === 'failed';
      const kept = span.sampled || (outcomeSampler !== undefined && failed);
      if (!kept && listeners.length === 0) return;
      // both were made for this call alone: no third object of two dozen properties
      const attributes = Object.assign(parts.attributesOf(call, outcome), attempt.attributes);
      const record: SpanRecord = {
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parent?.spanId,
        parentIsRemote: span.parent?.isRemote === true,
        traceFlags: kept ? SAMPLED : 0,
        traceState: outcomeSampler ? outcomeSampler.mark(span.traceState, failed) : span.traceState,
        name: nameOf(call, attributes),
        startMs: epochOf(call.startMs),
        endMs: epochOf(call.endMs),
        attributes,
        failed,
        links: attempt.links,
      };
      tell(listeners, guard, record);
      if (kept) output.add(record);
    },
  };
}

/** A listener that throws or rejects costs nobody a span or the process, and after some faults it is not called any more. */
export function tell(listeners: readonly SpanListener[], guard: Guard, record: SpanRecord): void {
  for (const listener of listeners) {
    const given: unknown = guard.run('span listener', () => listener(record), undefined);
    if (given instanceof Promise) given.catch((error) => guard.fault('span listener', error));
  }
}

/** `GET /v1/charges/{id}` (semantic conventions, HTTP client span name with `url.template`). */
export function nameOf(call: Call, attributes: Attributes): string {
  const method = attributes['http.request.method'] ?? call.method;
  const template = attributes['url.template'];
  return template === undefined ? String(method) : `${method} ${template}`;
}
