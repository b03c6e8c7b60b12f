import type { Library } from '../capture/patch.ts';
import type { Call } from '../capture/types.ts';
import { isFetchWrapped } from '../capture/undici/fetch.ts';
import type { CallSink } from '../judge/types.ts';
import { activeContext, isSuppressed, spanOf } from '../span/context.ts';
import { AttributeList } from '../span/list.ts';
import { type Adoption, createAdoptions } from './adoptions.ts';
import type { Watcher } from './foreign.ts';
import { isClientSpanOf, isHttpClientSpan, isStartedFor, watchSpans } from './foreign.ts';
import { notify, tellClosed, tellPendingBeside } from './records.ts';
import { isSentrySpan } from './sentry.ts';
import type { ForeignSpan, SinkParts } from './types.ts';

/** At the end of this turn. Costs half of `queueMicrotask`, which makes an asynchronous resource each time; bound before anybody patches it. */
const soon = Promise.prototype.then.bind(Promise.resolve());

export interface AdoptedSpans extends CallSink {
  /** Has an instrumentation made a span for this very attempt, recorded or not, or may it have? To be asked before `start`, in the same turn. */
  isMade(call: Call): boolean;
  drain(): void;
  readonly libraries: readonly Library[];
}

/**
 * Adds our attributes to the spans another instrumentation makes. Nothing is created and no header is written: the number of
 * spans, their IDs and the trace context stay what they are without us.
 */
export function createAdoptedSpans(parts: SinkParts): AdoptedSpans {
  const adoptions = createAdoptions(parts);
  /** Waits for the span that an instrumentation subscribed after us starts in this very turn. */
  let spanless: Call | undefined;
  const stopWaiting = () => {
    spanless = undefined;
  };
  /** Started last, in this turn as a rule: by a wrapper of `fetch`. */
  let newest: ForeignSpan | undefined;
  /** Started while the client's channel told its other subscribers of the request that is being made. */
  let announced: ForeignSpan | undefined;
  let isAnnouncing = false;
  /** The provider was not known before the call that is being made: a wrapper of `fetch` may have started a span unseen. */
  let isBlind = false;

  const isFor = (call: Call, span: ForeignSpan | undefined): span is ForeignSpan =>
    span !== undefined && !adoptions.has(span) && isClientSpanOf(span, call);
  const findSpan = (call: Call): ForeignSpan | undefined => {
    if (announced) return announced;
    const active = spanOf(activeContext()) as ForeignSpan | undefined;
    if (isFor(call, active)) return active;
    return isFor(call, newest) ? newest : undefined;
  };
  /** What was found for a call when it was asked about, so that its start does not search again. */
  let found: { readonly call: Call; readonly span: ForeignSpan | undefined } | undefined;
  const spanFor = (call: Call): ForeignSpan | undefined => {
    if (found?.call !== call) found = { call, span: findSpan(call) };
    return found.span;
  };
  /** The span of an instrumentation that is not recorded shows by the header alone. */
  const isCarried = (call: Call): boolean => {
    const active = spanOf(activeContext()) as ForeignSpan | undefined;
    if (active === undefined || active.isRecording()) return false;
    return call.requestHeader('traceparent')?.includes(active.spanContext().spanId) === true;
  };
  const adopt = (span: ForeignSpan, call: Call) => {
    spans.hook(span);
    adoptions.adopt(span, call);
    parts.attempts.identify(call, span.spanContext());
  };

  const watcher: Watcher = {
    onStart(span) {
      if (isAnnouncing) {
        if (isStartedFor(span)) announced ??= span;
        return;
      }
      newest = span;
      if (spanless && isClientSpanOf(span, spanless)) {
        adopt(span, spanless);
        spanless = undefined;
        newest = undefined;
      }
    },
    onEnd(span, end, endTime) {
      const isKept = adoptions.ended(span, end, endTime);
      if (isKept !== undefined) return isKept;
      if (isSentrySpan(span)) adoptions.release(span.spanContext().traceId);
      // a call that `fetch` refuses is told when its span has ended: it gets no attributes, but its URL is no less secret
      if (isHttpClientSpan(span)) adoptions.finish(span);
      return false;
    },
  };
  const spans = watchSpans(watcher, parts.guard);

  return {
    opening() {
      isBlind = spans.look();
      announced = undefined;
      isAnnouncing = true;
    },
    opened() {
      isAnnouncing = false;
    },
    isMade: (call) =>
      spanFor(call) !== undefined || isCarried(call) || (isBlind && call.client === 'undici' && isFetchWrapped()),
    start(call) {
      if (isSuppressed(activeContext())) return false;
      spans.look();
      const span = spanFor(call);
      found = undefined;
      const isUnrecorded = span?.isRecording() === false;
      spanless = undefined;
      newest = undefined;
      announced = undefined;
      parts.copies?.open();
      parts.attempts.start(call);
      if (span && !isUnrecorded) adopt(span, call);
      else if (!isUnrecorded) {
        spanless = call;
        soon(stopWaiting);
      }
      return true;
    },
    noted: (call) => parts.attempts.noted(call),
    waits: adoptions.waits,
    end(call, outcome) {
      const adoption = call.span as Adoption | undefined;
      const list = new AttributeList();
      const links = parts.attempts.end(call, outcome, list);
      if (adoption || parts.listeners.length > 0) {
        const name = parts.describe(list, call, outcome);
        notify(parts, call, outcome, { name, list, links }, adoption?.span.spanContext());
      }
      adoptions.told(call, { list, links, outcome });
    },
    socketEnded: (call, handshake, code) =>
      tellClosed(parts, parts.copies, call, (handshake?.span as Adoption | undefined)?.span.spanContext(), code),
    pending(call) {
      const ids = (call.span as Adoption | undefined)?.span.spanContext();
      if (parts.copies && ids?.traceFlags !== 0) tellPendingBeside(parts.describe, parts.copies, call, ids);
    },
    drain: adoptions.drain,
    libraries: [spans.api],
  };
}
