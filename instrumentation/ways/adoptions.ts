import { now } from '../base/now.ts';
import { beside } from '../base/side-map.ts';
import type { Call } from '../capture/types.ts';
import { reopen, watchExports } from './batched.ts';
import { redactSpan } from './redacted.ts';
import type { ForeignSpan, SinkParts } from './types.ts';
import { type Addition, writeOn } from './write.ts';

/** A span of the application's instrumentation and the call it belongs to. Both ends must come before it may end. */
export interface Adoption {
  readonly span: ForeignSpan;
  /** Until it was told. */
  call: Call | undefined;
  /** Ours: the capture has seen the call's end. */
  addition: Addition | undefined;
  /** Theirs: the instrumentation has called `end`, at such a time. */
  end: ForeignSpan['end'] | undefined;
  endTime: unknown;
  /** `ending`: inside the real `end`. `early`: ended when both ends had come, and still to be written on. */
  phase: 'open' | 'ending' | 'early' | 'done';
  since: number;
}

/**
 * Longest that one end waits for the other, ms; normally both come within a turn. Some instrumentations never end the span
 * of a response that nobody reads: then it is ended for them.
 */
const HOLD_MS = 1000;

/** Brings together the end of an adopted span and the end of its call, and writes on the span what the call tells. */
export function createAdoptions({ guard }: Pick<SinkParts, 'guard'>) {
  const adoptions = beside<object, Adoption>();
  const held = new Set<Adoption>();
  let sweeper: NodeJS.Timeout | undefined;
  /** Of the calls whose spans have ended early the newest. */
  let newest: Call | undefined;
  const isBatched = watchExports(guard, () => newest?.settle());

  /** Ours last: the stock `error.type` is often `23` or `Error`, and the stock URL attributes keep secrets. */
  const finish = guard.handler('adopted attributes', (span: ForeignSpan, addition?: Addition) => {
    if (addition && span.isRecording()) writeOn(span, addition);
    redactSpan(span);
  });
  const endOf = guard.handler('adopted end', (span: ForeignSpan, end: Adoption['end'], endTime: unknown) =>
    end ? end.call(span, endTime) : span.end(),
  );
  const endAs = (phase: Adoption['phase'], adoption: Adoption) => {
    const { span, end, endTime } = adoption;
    adoption.end = undefined;
    held.delete(adoption);
    adoption.phase = phase;
    endOf(span, end, endTime);
  };
  const settle = (adoption: Adoption) => {
    if (adoption.phase !== 'open') return;
    // two runs: whatever becomes of our attributes, their span ends
    finish(adoption.span, adoption.addition);
    adoption.addition = undefined;
    endAs('ending', adoption);
    adoption.phase = 'done';
  };
  /** Both ends have come, and nobody reads the span until it is exported: what is added comes later, with others'. */
  const endEarly = (adoption: Adoption) => {
    newest = adoption.call;
    endAs('early', adoption);
  };
  const hold = (adoption: Adoption) => {
    if (adoption.addition && adoption.end) return settle(adoption);
    adoption.since = now();
    held.add(adoption);
    if (sweeper === undefined) sweeper = setTimeout(sweep, HOLD_MS).unref();
  };
  /** One timer for all: a timer per call would keep every span alive for its second. */
  const sweep = () => {
    sweeper = undefined;
    const due = now() - HOLD_MS;
    for (const adoption of held) if (adoption.since <= due) settle(adoption);
    if (held.size > 0) sweeper = setTimeout(sweep, HOLD_MS).unref();
  };

  return {
    has: adoptions.has,
    adopt(span: ForeignSpan, call: Call): void {
      const adoption: Adoption = {
        span,
        call,
        addition: undefined,
        end: undefined,
        endTime: 0,
        phase: 'open',
        since: 0,
      };
      adoptions.set(span, adoption);
      call.span = adoption;
      call.mayWait = isBatched(span);
    },
    /** The instrumentation ends its span. Returns whether the span stays open for now; undefined if it belongs to no call. */
    ended(span: ForeignSpan, end: ForeignSpan['end'], endTime: unknown): boolean | undefined {
      const adoption = adoptions.get(span);
      if (!adoption) return undefined;
      // where it was ended for them, their own end comes too late
      if (adoption.phase !== 'open') return adoption.phase === 'done';
      adoption.end = end;
      adoption.endTime = endTime;
      if (adoption.call?.pending) endEarly(adoption);
      else hold(adoption);
      return true;
    },
    /** The call has ended, and is told later. */
    waits({ span }: Call): void {
      const adoption = span as Adoption | undefined;
      if (adoption?.end) endEarly(adoption);
    },
    told(call: Call, addition: Addition): void {
      const adoption = call.span as Adoption | undefined;
      if (newest === call) newest = undefined;
      if (adoption) adoption.call = undefined;
      if (adoption?.phase === 'early') {
        reopen(adoption.span, true);
        finish(adoption.span, addition);
        reopen(adoption.span, false);
      } else if (adoption) {
        adoption.addition = addition;
        hold(adoption);
      }
    },
    finish,
    /** Sentry drops the children that are open when their transaction ends: what it has ended itself must not wait for us. */
    release(traceId: string): void {
      for (const adoption of held)
        if (adoption.end && adoption.span.spanContext().traceId === traceId) settle(adoption);
    },
    drain(): void {
      for (const adoption of held) settle(adoption);
    },
  };
}
