import { now } from '../base/now.ts';
import { beside } from '../base/side-map.ts';
import type { Library } from '../capture/patch.ts';
import type { Call } from '../capture/types.ts';
import { isFetchWrapped } from '../capture/undici/fetch.ts';
import type { CallSink } from '../judge/types.ts';
import { activeContext, isSuppressed, spanOf } from '../span/context.ts';
import { AttributeList } from '../span/list.ts';
import type { Watcher } from './foreign.ts';
import { isClientSpanOf, isHttpClientSpan, isStartedFor, watchSpans } from './foreign.ts';
import { notify, tellClosed, tellPendingBeside } from './records.ts';
import { redactSpan } from './redacted.ts';
import { isSentrySpan } from './sentry.ts';
import type { ForeignSpan, SinkParts } from './types.ts';
import { type Addition, writeOn } from './write.ts';

/** A span of the application's instrumentation and the call it belongs to. Both ends must come before it may end. */
interface Adoption {
  readonly span: ForeignSpan;
  /** Ours: the capture has seen the call's end. */
  addition: Addition | undefined;
  /** Theirs: the instrumentation has called `end`, at such a time. */
  end: ForeignSpan['end'] | undefined;
  endTime: unknown;
  done: boolean;
  /** Inside the real `end`. */
  ending: boolean;
  since: number;
}

/**
 * Longest that one end waits for the other, ms; normally both come within a turn. Some instrumentations never end the span
 * of a response that nobody reads: then it is ended for them.
 */
const HOLD_MS = 1000;
/** Lists kept for the next calls; few are ever in use at once. */
const SPARE = 8;
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
  const adoptions = beside<object, Adoption>();
  const held = new Set<Adoption>();
  let sweeper: NodeJS.Timeout | undefined;
  /** Waits for the span that an instrumentation subscribed after us starts in this very turn. */
  let waiting: Call | undefined;
  const stopWaiting = () => {
    waiting = undefined;
  };
  /** Started last, in this turn as a rule: by a wrapper of `fetch`. */
  let newest: ForeignSpan | undefined;
  /** Started while the client's channel told its other subscribers of the request that is being made. */
  let announced: ForeignSpan | undefined;
  let isAnnouncing = false;
  /** The provider was not known before the call that is being made: a wrapper of `fetch` may have started a span unseen. */
  let isBlind = false;
  const spare: AttributeList[] = [];
  const giveBack = (list: AttributeList) => {
    if (spare.length < SPARE) spare.push(list.clear());
  };

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
    const adoption: Adoption = {
      span,
      addition: undefined,
      end: undefined,
      endTime: 0,
      done: false,
      ending: false,
      since: 0,
    };
    spans.hook(span);
    adoptions.set(span, adoption);
    call.span = adoption;
    parts.attempts.identify(call, span.spanContext());
  };
  const finish = parts.guard.handler('adopted attributes', (span: ForeignSpan, addition?: Addition) => {
    if (addition && span.isRecording()) writeOn(span, addition);
    redactSpan(span);
  });
  const endOf = parts.guard.handler('adopted end', (span: ForeignSpan, end: Adoption['end'], endTime: unknown) =>
    end ? end.call(span, endTime) : span.end(),
  );
  /** Ours last: the stock `error.type` is often `23` or `Error`, and the stock URL attributes keep secrets. */
  const settle = (adoption: Adoption) => {
    if (adoption.done) return;
    adoption.done = true;
    held.delete(adoption);
    const { span, addition, end, endTime } = adoption;
    adoption.addition = undefined;
    adoption.end = undefined;
    // two runs: whatever becomes of our attributes, their span ends
    finish(span, addition);
    if (addition) giveBack(addition.list);
    adoption.ending = true;
    endOf(span, end, endTime);
    adoption.ending = false;
  };
  const hold = (adoption: Adoption) => {
    if (adoption.addition && adoption.end) return settle(adoption);
    adoption.since = now();
    held.add(adoption);
    if (sweeper === undefined) sweeper = setTimeout(sweep, HOLD_MS).unref();
  };
  /** Sentry drops the children that are open when their transaction ends: what it has ended itself must not wait for us. */
  const release = (traceId: string) => {
    for (const adoption of held) if (adoption.end && adoption.span.spanContext().traceId === traceId) settle(adoption);
  };
  /** One timer for all: a timer per call would keep every span alive for its second. */
  const sweep = () => {
    sweeper = undefined;
    const due = now() - HOLD_MS;
    for (const adoption of held) if (adoption.since <= due) settle(adoption);
    if (held.size > 0) sweeper = setTimeout(sweep, HOLD_MS).unref();
  };

  const watcher: Watcher = {
    onStart(span) {
      if (isAnnouncing) {
        if (isStartedFor(span)) announced ??= span;
        return;
      }
      newest = span;
      if (waiting && isClientSpanOf(span, waiting)) {
        adopt(span, waiting);
        waiting = undefined;
        newest = undefined;
      }
    },
    onEnd(span, end, endTime) {
      const adoption = adoptions.get(span);
      if (!adoption) {
        if (isSentrySpan(span)) release(span.spanContext().traceId);
        // a call that `fetch` refuses is told when its span has ended: it gets no attributes, but its URL is no less secret
        if (isHttpClientSpan(span)) finish(span);
        return false;
      }
      if (adoption.ending) return false;
      // it was ended for them: their own end comes too late
      if (adoption.done) return true;
      adoption.end = end;
      adoption.endTime = endTime;
      hold(adoption);
      return true;
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
      waiting = undefined;
      newest = undefined;
      announced = undefined;
      parts.copies?.open();
      parts.attempts.start(call);
      if (span && !isUnrecorded) adopt(span, call);
      else if (!isUnrecorded) {
        waiting = call;
        soon(stopWaiting);
      }
      return true;
    },
    end(call, outcome) {
      const adoption = call.span as Adoption | undefined;
      const list = spare.pop() ?? new AttributeList();
      const links = parts.attempts.end(call, outcome, list);
      if (adoption || parts.listeners.length > 0) {
        const name = parts.describe(list, call, outcome);
        notify(parts, call, outcome, { name, list, links }, adoption?.span.spanContext());
      }
      if (adoption) {
        adoption.addition = { list, links, outcome };
        hold(adoption);
      } else giveBack(list);
    },
    socketEnded: (call, handshake, code) =>
      tellClosed(parts, parts.copies, call, (handshake?.span as Adoption | undefined)?.span.spanContext(), code),
    pending(call) {
      const ids = (call.span as Adoption | undefined)?.span.spanContext();
      if (parts.copies && ids?.traceFlags !== 0) tellPendingBeside(parts.describe, parts.copies, call, ids);
    },
    drain() {
      for (const adoption of held) settle(adoption);
    },
    libraries: [spans.api],
  };
}
