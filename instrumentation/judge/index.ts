import type { Guard } from '../base/guard.ts';
import type { CaptureSink } from '../capture/types.ts';
import { outcomeOf, prepare } from './outcome.ts';
import type { CallSink, Classify } from './types.ts';

export type { CallSink, Outcome } from './types.ts';

/** Tells `sink` of each call how it ended. What judges them is compiled (scripts/halves.mjs) while the first call waits for its answer. */
export function judged(sink: CallSink, guard: Guard, classify?: Classify): CaptureSink {
  const load = guard.handler('prepare', prepare);
  let isFirst = true;
  return {
    ...sink,
    start(call) {
      if (isFirst) setImmediate(load);
      isFirst = false;
      return sink.start(call);
    },
    end: (call, ending, sent) => sink.end(call, outcomeOf(call, ending, sent, classify)),
  };
}
