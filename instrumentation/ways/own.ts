import type { Reader } from '../base/environment.ts';
import { HeaderSet } from '../capture/header-set.ts';
import type { SpanOutput } from '../export/span-batcher.ts';
import type { CallSink } from '../judge/types.ts';
import { epochOf } from '../span/clock.ts';
import { type ActiveContext, activeContext, isSuppressed, type SpanContext, spanOf } from '../span/context.ts';
import { newIds } from '../span/ids.ts';
import { AttributeList } from '../span/list.ts';
import { parseTraceparent, propagatorOf } from '../span/propagation.ts';
import { NO_TRACE, type SpanHead } from '../span/record.ts';
import { headSamplerOf, type OutcomeSampler } from '../span/sampler.ts';
import { tell, tellClosed, tellPending } from './records.ts';
import type { SinkParts } from './types.ts';

/** What the sink keeps of a span between start and end. */
interface OpenSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parent: SpanContext | undefined;
  readonly traceState: string;
  readonly sampled: boolean;
}

export interface OwnSpanParts extends SinkParts {
  readonly reader: Reader;
  readonly output: Pick<SpanOutput, 'add'> & { open?(): void };
  readonly outcomeSampler: OutcomeSampler | undefined;
}

const SAMPLED = 1;
const PARENTS = new HeaderSet(['traceparent']);

const parentIn = (context: ActiveContext): SpanContext | undefined => {
  const active = spanOf(context)?.spanContext();
  return active && active.traceId !== NO_TRACE ? active : undefined;
};

/** Client spans made straight from the captured calls. */
export function createOwnSpans(parts: OwnSpanParts): CallSink {
  const head = headSamplerOf(parts.reader);
  const inject = propagatorOf(parts.reader);
  const { outcomeSampler, output, listeners, attempts } = parts;
  /** Of the call that is being ended. */
  const list = new AttributeList();

  return {
    start(call) {
      const context = activeContext();
      if (isSuppressed(context)) return false;
      const names = call.requestHeaderNames();
      const foreign = PARENTS.meets(names) ? parseTraceparent(call.requestHeader('traceparent')) : undefined;
      const parent = parentIn(context) ?? (foreign && { ...foreign, isRemote: true });
      const drawn = newIds();
      const traceId = parent?.traceId ?? drawn.traceId;
      const parentState = parent?.traceState?.serialize() ?? '';
      const sampled = outcomeSampler ? outcomeSampler.keepsSuccess(traceId, parentState) : head(traceId, parent);
      const traceState = outcomeSampler && sampled ? outcomeSampler.mark(parentState, false) : parentState;
      const span: OpenSpan = { traceId, spanId: drawn.spanId, parent, traceState, sampled };
      call.span = span;
      call.mayWait = true;
      // a header the application wrote itself stays the only one
      if (!foreign) inject(span, call, context);
      output.open?.();
      attempts.start(call, names);
      attempts.identify(call, span);
      return true;
    },
    noted: (call) => attempts.noted(call),
    end(call, outcome) {
      const span = call.span as OpenSpan;
      const links = attempts.end(call, outcome, list.clear());
      const failed = outcome.kind === 'failed';
      const kept = span.sampled || (outcomeSampler !== undefined && failed);
      if (!kept && listeners.length === 0) return;
      const name = parts.describe(list, call, outcome);
      const head: SpanHead = {
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parent?.spanId,
        parentIsRemote: span.parent?.isRemote === true,
        traceFlags: kept ? SAMPLED : 0,
        traceState: outcomeSampler ? outcomeSampler.mark(span.traceState, failed) : span.traceState,
        name,
        startMs: epochOf(call.startMs),
        endMs: epochOf(call.endMs),
        failed,
        links,
      };
      if (listeners.length > 0) tell(parts, { ...head, attributes: list.toObject() });
      if (kept) output.add(head, list);
    },
    socketEnded(call, handshake, code) {
      const span = handshake?.span as OpenSpan | undefined;
      if (!span || span.sampled || outcomeSampler !== undefined) tellClosed(parts, output, call, span, code);
    },
    pending(call) {
      const span = call.span as OpenSpan;
      if (!span.sampled && outcomeSampler === undefined) return;
      const of = { ...span, parentSpanId: span.parent?.spanId, parentIsRemote: span.parent?.isRemote === true };
      tellPending(parts, call, { ...of, traceState: outcomeSampler?.mark(span.traceState, true) ?? span.traceState });
    },
  };
}
