import { classifyTransport } from '../../src/layers/transport.ts';
import { isCancel } from '../../src/raised.ts';
import type { Finding } from '../../src/stream/index.ts';
import type { Call, CaptureSink, Ending, Sent } from '../capture/types.ts';
import { judgeAnswer } from './answer.ts';
import { judgeFinding } from './finding.ts';
import { createGoodReader, type ReadGood } from './good.ts';
import { grpcFinding, pastDeadline, type Rpc, rpcOf } from './rpc.ts';
import type { CallSink, Outcome } from './types.ts';

export type { CallSink, Outcome } from './types.ts';

/** The one place that says how a call ended: ok, failed or cancelled, and why. Tells `sink` of the judged calls. */
export function judged(sink: CallSink): CaptureSink {
  const read = createGoodReader();
  const { opening, noted, pending } = sink;
  return {
    ...(opening && { opening }),
    start: (call) => sink.start(call),
    ...(noted && { noted: (call) => noted(call) }),
    ...(pending && { pending: (call) => pending(call) }),
    end: (call, ending, sent) => sink.end(call, outcomeOf(call, ending, sent, read)),
  };
}

/** gRPC, Status codes. */
const DEADLINE_EXCEEDED = '4';

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

  get rpc(): Rpc | undefined {
    return rpcOf(this.#call, undefined);
  }

  get evidence(): Outcome['evidence'] {
    return this.#read(this.#call);
  }
}

/** What bytes or trailers said of a good status. */
function findingOf(call: Call, ending: Ending): Finding | undefined {
  const { status = 0 } = call;
  if (status < 200 || status >= 300) return undefined;
  const whole = !ending.broken;
  const said = call.reader?.end(whole) ?? grpcFinding(call, whole);
  // the deadline was the caller's own, and the server the first to notice
  return said?.headers?.get('grpc-status') === DEADLINE_EXCEEDED && pastDeadline(call) ? undefined : said;
}

function outcomeOf(call: Call, ending: Ending, sent: Sent, read: ReadGood): Outcome {
  const { error } = ending;
  // A failing answer is the failure, however its body ended: the provider said what is wrong.
  if (call.status !== undefined && (call.status >= 400 || (!ending.broken && call.keepsBody)))
    return judgeAnswer(call, sent, error);
  const finding = findingOf(call, ending);
  // before all that followed: an SDK that reads of a failure hangs up
  if (finding) return judgeFinding(call, finding, sent, error, rpcOf(call, finding));
  if (ending.redirectLoop)
    return { kind: 'failed', layer: 'endpoint', reason: 'http.response.redirect_loop', sent, evidence: read(call) };
  if (!ending.broken) return new Good(call, sent, read);
  const reason = call.signal?.aborted ? call.signal.reason : ending.abortReason;
  const aborted = reason !== undefined && (error === undefined || error === reason || isCancel(error));
  const raised = error ?? reason;
  const isPast = pastDeadline(call);
  const verdict = classifyTransport({
    phase: call.phase(),
    error: aborted ? reason : raised,
    toProxy: ending.toProxy === true || call.proxied,
    timedOut: ending.timedOut === true || isPast,
    cancelled: ending.cancelled === true || aborted,
  });
  const rpc = rpcOf(call, undefined, verdict.reason);
  return { ...verdict, error: raised, sent, evidence: read(call), ...(rpc && { rpc }) };
}
