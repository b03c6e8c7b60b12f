import { classifyTransport } from '../../src/layers/transport.ts';
import { isCancel } from '../../src/raised.ts';
import type { Call, CaptureSink, Ending, Sent } from '../capture/types.ts';
import { judgeAnswer } from './answer.ts';
import { createGoodReader, type ReadGood } from './good.ts';
import type { CallSink, Outcome } from './types.ts';

export type { CallSink, Outcome } from './types.ts';

/** The one place that says how a call ended: ok, failed or cancelled, and why. Tells `sink` of the judged calls. */
export function judged(sink: CallSink): CaptureSink {
  const read = createGoodReader();
  const { noted, pending } = sink;
  return {
    start: (call) => sink.start(call),
    ...(noted && { noted: (call) => noted(call) }),
    ...(pending && { pending: (call) => pending(call) }),
    end: (call, ending, sent) => sink.end(call, outcomeOf(call, ending, sent, read)),
  };
}

/** Its evidence is read only if somebody asks: not every span is kept. */
class Good implements Outcome {
  readonly kind = 'ok';
  readonly sent: Sent;
  readonly #call: Call;
  readonly #read: ReadGood;

  constructor(call: Call, sent: Sent, read: ReadGood) {
    this.sent = sent;
    this.#call = call;
    this.#read = read;
  }

  get evidence(): Outcome['evidence'] {
    return this.#read(this.#call);
  }
}

function outcomeOf(call: Call, ending: Ending, sent: Sent, read: ReadGood): Outcome {
  const { error } = ending;
  // A failing answer is the failure, however its body ended: the provider said what is wrong.
  if (call.status !== undefined && (call.status >= 400 || (!ending.broken && call.keepsBody)))
    return judgeAnswer(call, sent, error);
  if (ending.redirectLoop)
    return { kind: 'failed', layer: 'endpoint', reason: 'http.response.redirect_loop', sent, evidence: read(call) };
  if (!ending.broken) return new Good(call, sent, read);
  const reason = call.signal?.aborted ? call.signal.reason : ending.abortReason;
  const aborted = reason !== undefined && (error === undefined || error === reason || isCancel(error));
  const raised = error ?? reason;
  const verdict = classifyTransport({
    phase: call.phase(),
    error: aborted ? reason : raised,
    toProxy: ending.toProxy === true || call.proxied,
    timedOut: ending.timedOut === true,
    cancelled: ending.cancelled === true || aborted,
  });
  return { ...verdict, error: raised, sent, evidence: read(call) };
}
