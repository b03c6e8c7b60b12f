import { REASONS, type Reason, sentOf } from '../../src/contract/index.ts';
import { isCancel } from '../../src/error-kind.ts';
import { type Answer, failsByHeaders } from '../../src/extract/index.ts';
import { classifyTransport } from '../../src/layers/transport.ts';
import type { Finding } from '../../src/stream/index.ts';
import { HeaderSet } from '../capture/header-set.ts';
import type { Call, Ending, Sent } from '../capture/types.ts';
import { answerOf, judgeAnswer, readGood } from './answer.ts';
import { judgeFinding, trailerFinding } from './finding.ts';
import { grpcFinding, pastDeadline, type Rpc, rpcOf } from './rpc.ts';
import type { Classify, Outcome } from './types.ts';

/** Does nothing but be loaded. */
export function prepare(): void {}

const HANDSHAKE = new HeaderSet(['sec-websocket-key']);

/** gRPC, Status codes. */
const DEADLINE_EXCEEDED = '4';

/** RFC 9110 §6.4.1. */
const hasNoBody = ({ status, method }: Call): boolean => status === 204 || status === 304 || method === 'HEAD';

/** Its evidence is read only if somebody asks: not every span is kept. */
class Good implements Outcome {
  readonly kind = 'ok';
  readonly sent: Sent;
  private readonly call: Call;
  private readonly answer: Answer;

  constructor(call: Call, sent: Sent, answer = answerOf(call)) {
    this.sent = sent;
    this.call = call;
    this.answer = answer;
  }

  get rpc(): Rpc | undefined {
    return rpcOf(this.call, undefined);
  }

  get evidence(): Outcome['evidence'] {
    return readGood(this.call, this.answer);
  }
}

/** What bytes or trailers said of a good status. */
function findingOf(call: Call, ending: Ending): Finding | undefined {
  const { status = 0 } = call;
  if (status < 200 || status >= 300) return undefined;
  const whole = !ending.broken;
  return call.reader?.end(whole) ?? grpcFinding(call, whole) ?? trailerFinding(call);
}

const HUNG_UP: ReadonlySet<Reason> = new Set<Reason>([
  'http.response.closed',
  'http.response.reset',
  'http.request.closed',
  'http.request.reset',
]);
/**
 * No server gives up a connection sooner, and to repeat a write is advised only where it is safe: a shorter pause is a busy connection's; ms. A peer that
 * took longer than the wait beyond two round trips has read the request.
 */
const LEAST_IDLE_MS = 1000;
const LONGEST_WAIT_MS = 100;

/**
 * Did the other side hang up on a kept connection that it had already given up? It lay idle, and the hang-up came at once: sooner than it had lain idle,
 * with nothing answered (RFC 9112 §9.3.1).
 */
function isStale({ reused, status, startMs, endMs, timings }: Call, reason: Reason): boolean {
  if (reused === undefined || status !== undefined || !HUNG_UP.has(reason)) return false;
  const waited = endMs - startMs - (timings.queue ?? 0);
  return reused.idleMs >= LEAST_IDLE_MS && waited < Math.min(reused.idleMs, LONGEST_WAIT_MS + 2 * reused.roundTripMs);
}

function failedFor(reason: Reason, call: Call, error: unknown, sent: Sent): Outcome {
  const [layer] = REASONS[reason].layers;
  return { kind: 'failed', layer, reason, error, sent: sentOf(layer, sent), evidence: readGood(call) };
}

/** The one place that says how a call ended: ok, failed or cancelled, and why. */
export function outcomeOf(call: Call, ending: Ending, sent: Sent, classify?: Classify): Outcome {
  const { error } = ending;
  // A failing answer is the failure, however its body ended: the provider said what is wrong.
  if (call.status === 407 && call.throughProxy) return failedFor('proxy.auth_required', call, error, sent);
  if (call.status !== undefined && (call.status >= 400 || (!ending.broken && call.keepsBody)))
    return judgeAnswer(call, sent, error, classify);
  if (call.status !== undefined && call.status !== 101 && HANDSHAKE.meets(call.requestHeaderNames()))
    return failedFor('websocket.refused', call, error, sent);
  const finding = findingOf(call, ending);
  // before all that followed: an SDK that reads of a failure hangs up
  if (finding?.headers?.get('grpc-status') === DEADLINE_EXCEEDED && pastDeadline(call))
    // the deadline was the caller's own, and the server the first to notice
    return { kind: 'failed', layer: 'wait', reason: 'http.response.timed_out', error, sent, rpc: rpcOf(call, finding) };
  if (finding) return judgeFinding(call, finding, sent, error, rpcOf(call, finding));
  const answer = answerOf(call);
  if (call.status !== undefined && !ending.broken && failsByHeaders(answer))
    return judgeAnswer(call, sent, error, classify);
  if (ending.redirectLoop) return failedFor('http.response.redirect_loop', call, undefined, sent);
  if (ending.redirectRefused) return failedFor('client.redirect_refused', call, error, sent);
  if (!ending.broken) return new Good(call, sent, answer);
  const given = call.signal?.aborted ? call.signal.reason : ending.abortReason;
  const aborted = given !== undefined && (error === undefined || error === given || isCancel(error));
  const raised = error ?? given;
  const isPast = pastDeadline(call);
  const verdict = classifyTransport({
    phase: call.phase(),
    error: aborted ? given : raised,
    toProxy: ending.toProxy === true || call.proxied,
    timedOut: ending.timedOut === true || ending.deadlineMs !== undefined || isPast,
    cancelled: ending.cancelled === true || aborted,
  });
  const rpc = rpcOf(call, undefined, verdict.reason);
  const rest = { error: raised, evidence: readGood(call), ...(rpc && { rpc }) };
  if (verdict.kind === 'cancelled') return { ...verdict, sent, ...rest };
  // stray bytes after an answer that has no body reach nobody
  if (verdict.reason === 'http.response.decoding_failed' && hasNoBody(call)) return new Good(call, sent);
  const { layer = 'unknown', reason: told = 'unknown' } = verdict;
  const reason = isStale(call, told) ? 'http.connection.stale' : told;
  return { kind: 'failed', layer, reason, sent: sentOf(layer, sent), deadlineMs: ending.deadlineMs, ...rest };
}
