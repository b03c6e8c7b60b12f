import { beside } from '../base/beside.ts';
import { now } from '../base/now.ts';
import type { Call } from '../capture/types.ts';
import { isOwnExport } from '../export/transport.ts';
import type { CallSink, Outcome } from '../judge/types.ts';
import { activeContext, isSuppressed, spanOf } from '../span/context.ts';
import { AttributeList } from '../span/list.ts';
import { linksOf, type SpanIds } from '../span/record.ts';
import type { ForeignSpan } from './foreign.ts';
import { isClientSpanOf, isHttpClientSpan, watchSpans } from './foreign.ts';
import { notify } from './notify.ts';
import type { SinkParts } from './own.ts';
import { redactSpan } from './redacted.ts';
import { attributesOn, isSentrySpan, statusOn } from './sentry.ts';

/** What a call adds to its span. */
interface Addition {
  readonly list: AttributeList;
  readonly links: readonly SpanIds[];
  readonly outcome: Outcome;
}

/** A span of the application's instrumentation and the call it belongs to. Both ends must come before it may end. */
interface Adoption {
  readonly span: ForeignSpan;
  /** Ours: the capture has seen the call's end. */
  addition: Addition | undefined;
  /** Theirs: the instrumentation has called `end`. */
  end: (() => void) | undefined;
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
const STATUS_ERROR = 2;
/** Lists kept for the next calls; few are ever in use at once. */
const SPARE = 8;
/** At the end of this turn. Costs half of `queueMicrotask`, which makes an asynchronous resource each time; bound before anybody patches it. */
const soon = Promise.prototype.then.bind(Promise.resolve());

/**
 * Adds our attributes to the spans another instrumentation makes. Nothing is created and no header is written: the number of
 * spans, their IDs and the trace context stay what they are without us.
 */
export function createAdoptedSpans(parts: SinkParts): CallSink & { drain(): void } {
  const adoptions = beside<object, Adoption>();
  const held = new Set<Adoption>();
  let sweeper: NodeJS.Timeout | undefined;
  /** Waits for the span that an instrumentation subscribed after us starts in this very turn. */
  let waiting: Call | undefined;
  const stopWaiting = () => {
    waiting = undefined;
  };
  /** Started last, by an instrumentation subscribed before us. */
  let newest: ForeignSpan | undefined;
  const spare: AttributeList[] = [];
  const giveBack = (list: AttributeList) => {
    if (spare.length < SPARE) spare.push(list.clear());
  };

  const isFor = (call: Call, span: ForeignSpan | undefined): boolean =>
    span !== undefined && !adoptions.has(span) && isClientSpanOf(span, call);
  const adopt = (span: ForeignSpan, call: Call) => {
    const adoption: Adoption = { span, addition: undefined, end: undefined, done: false, ending: false, since: 0 };
    spans.hook(span);
    adoptions.set(span, adoption);
    call.span = adoption;
    parts.attempts.identify(call, span.spanContext());
  };
  /** Ours last: the stock `error.type` is often `23` or `Error`, and the stock URL attributes keep secrets. */
  const settle = (adoption: Adoption) => {
    if (adoption.done) return;
    adoption.done = true;
    held.delete(adoption);
    const { span, addition, end } = adoption;
    adoption.addition = undefined;
    adoption.end = undefined;
    // two runs: whatever becomes of our attributes, their span ends
    parts.guard.run('adopted attributes', () => (addition ? enrich(span, addition) : redactSpan(span)), undefined);
    if (addition) giveBack(addition.list);
    adoption.ending = true;
    parts.guard.run('adopted end', () => (end ? end() : span.end()), undefined);
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

  const spans = watchSpans({
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
      if (!adoption) {
        if (isSentrySpan(span)) release(span.spanContext().traceId);
        // a call that `fetch` refuses is told when its span has ended: it gets no attributes, but its URL is no less secret
        if (isHttpClientSpan(span)) parts.guard.run('adopted attributes', () => redactSpan(span), undefined);
        return false;
      }
      if (adoption.ending) return false;
      // it was ended for them: their own end comes too late
      if (adoption.done) return true;
      adoption.end = end;
      hold(adoption);
      return true;
    },
  });

  return {
    start(call) {
      const context = activeContext();
      if (isOwnExport() || isSuppressed(context)) return false;
      spans.look();
      const active = spanOf(context) as ForeignSpan | undefined;
      const span = isFor(call, active) ? active : isFor(call, newest) ? newest : undefined;
      waiting = undefined;
      newest = undefined;
      parts.attempts.start(call);
      if (span) adopt(span, call);
      else {
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
    drain() {
      for (const adoption of held) settle(adoption);
    },
  };
}

/** Headers that the application told its instrumentation to record stay as it wrote them; what is there already is not set again. */
function setAll(span: ForeignSpan, list: AttributeList): void {
  const theirs = attributesOn(span) ?? {};
  list.each((name, value) => {
    const there = theirs[name];
    if (there === value || (there !== undefined && name.startsWith('http.request.header.'))) return;
    span.setAttribute(name, value);
  });
}

function enrich(span: ForeignSpan, { list, links, outcome }: Addition): void {
  if (!span.isRecording()) return;
  setAll(span, list);
  redactSpan(span);
  if (links.length > 0) span.addLinks?.(linksOf(links).map((ids) => ({ context: { ...ids, traceFlags: 1 } })));
  if (outcome.kind === 'failed' && statusOn(span)?.code !== STATUS_ERROR) span.setStatus({ code: STATUS_ERROR });
}
