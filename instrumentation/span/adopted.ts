import type { Call, CallSink, Outcome } from '../capture/types.ts';
import { isOwnExport } from '../export/transport.ts';
import { activeContext, isSuppressed, spanOf } from './context.ts';
import type { ForeignSpan } from './foreign.ts';
import { isClientSpanOf, watchSpans } from './foreign.ts';
import { notify } from './notify.ts';
import type { SinkParts } from './own.ts';
import type { Attributes } from './record.ts';

/** A span of the application's instrumentation and the call it belongs to. */
interface Adoption {
  readonly span: ForeignSpan;
  call: Call | undefined;
  /** The instrumentation has ended the span before the capture saw the call's end: ended for it, at that time. */
  end: (() => void) | undefined;
}

/** Longest that an ended span is held back for its attributes, ms. The capture normally ends within the same turn. */
const HOLD_MS = 1000;
const STATUS_ERROR = 2;

/**
 * Adds our attributes to the spans another instrumentation makes. Nothing is created and no header is written: the number of
 * spans, their IDs and the trace context stay what they are without us.
 */
export function createAdoptedSpans(parts: SinkParts): CallSink & { drain(): void } {
  const adoptions = new WeakMap<object, Adoption>();
  const held = new Set<Adoption>();
  /** Waits for the span that an instrumentation subscribed after us starts in this very turn. */
  let waiting: Call | undefined;
  /** Started last, by an instrumentation subscribed before us. */
  let newest: ForeignSpan | undefined;

  const adopt = (span: ForeignSpan, call: Call) => {
    const adoption: Adoption = { span, call, end: undefined };
    adoptions.set(span, adoption);
    call.span = adoption;
    parts.attempts.identify(call, span.spanContext());
  };
  const release = (adoption: Adoption) => {
    held.delete(adoption);
    adoption.end?.();
    adoption.end = undefined;
  };

  const watch = watchSpans({
    onStart(span) {
      newest = span;
      if (waiting && isClientSpanOf(span, waiting)) {
        adopt(span, waiting);
        waiting = undefined;
        newest = undefined;
      }
    },
    onEnd(span, end) {
      const adoption = adoptions.get(span);
      if (!adoption?.call || adoption.end) return false;
      adoption.end = end;
      held.add(adoption);
      setTimeout(release, HOLD_MS, adoption).unref();
      return true;
    },
  });

  return {
    start(call) {
      const context = activeContext();
      if (isOwnExport() || isSuppressed(context)) return false;
      watch();
      const active = spanOf(context) as ForeignSpan | undefined;
      const span = [active, newest].find((s) => s && !adoptions.has(s) && isClientSpanOf(s, call));
      waiting = undefined;
      newest = undefined;
      parts.attempts.start(call);
      if (span) adopt(span, call);
      else {
        waiting = call;
        queueMicrotask(() => {
          if (waiting === call) waiting = undefined;
        });
      }
      return true;
    },
    end(call, outcome) {
      const adoption = call.span as Adoption | undefined;
      const attempt = parts.attempts.end(call, outcome);
      if (!adoption && parts.listeners.length === 0) return;
      const attributes = { ...parts.attributesOf(call, outcome), ...attempt.attributes };
      if (adoption) {
        adoption.call = undefined;
        enrich(adoption.span, attributes, outcome);
        if (attempt.links.length > 0)
          adoption.span.addLinks?.(attempt.links.map((l) => ({ context: { ...l, traceFlags: 1 } })));
        release(adoption);
      }
      notify(parts.listeners, call, outcome, attributes, attempt.links, adoption?.span.spanContext());
    },
    drain() {
      for (const adoption of held) release(adoption);
    },
  };
}

/** Ours win where both say something: the stock `url.full` keeps secrets and the stock `error.type` is often `23` or `Error`. */
function enrich(span: ForeignSpan, attributes: Attributes, outcome: Outcome): void {
  if (!span.isRecording()) return;
  span.setAttributes(attributes);
  if (outcome.kind === 'failed' && span.status?.code !== STATUS_ERROR) span.setStatus({ code: STATUS_ERROR });
}
