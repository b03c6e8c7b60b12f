import type { Config } from '../../src/config.ts';
import { Memory } from '../../src/memo.ts';
import { redactPath } from '../../src/redact/index.ts';
import { now } from '../base/now.ts';
import type { Call } from '../capture/types.ts';
import type { Outcome } from '../judge/types.ts';
import type { AttributeList } from '../span/list.ts';
import { authOf } from './auth.ts';
import { commonOf, pathOf } from './common.ts';
import { addExchange } from './exchange.ts';
import { addCause, addError, addEvidence, addRpc, failureOf } from './failure.ts';

/**
 * Adds every attribute of a call but those that need other calls to be known (retries, repeated reads), and returns the name of its span.
 * Only inside `CallSink.end`.
 */
export function describe(a: AttributeList, call: Call, outcome: Outcome, config: Config): string {
  const nowMs = Date.now();
  const { status } = call;
  const auth = authOf(call, call.proxied ? pathOf(call.path) : call.path, nowMs);
  const common = commonOf(call, config, auth.scheme);
  a.share(common);
  addConnection(a, call);
  a.set('api.tls.not_after', call.tlsNotAfter);
  addTimings(a, call);
  a.set('api.auth.expired', auth.expired);

  if (outcome.kind === 'cancelled') a.set('api.cancelled', true);
  if (outcome.kind === 'failed') {
    a.share(failureOf(outcome, status));
    addError(a, call, outcome);
    addExchange(a, call, config, common);
  }
  const { evidence } = outcome;
  if (evidence) addEvidence(a, evidence, config, common);
  if (evidence && outcome.kind === 'failed') addCause(a, outcome.layer, evidence);
  if (status !== undefined && looksAtClock(outcome.layer === 'auth')) {
    const answered = nowMs - (now() - call.headersMs);
    a.set('api.clock.offset', clockOffset(call.responseHeader('date'), answered - (call.timings.wait ?? 0), answered));
  }
  return addRpc(a, outcome.rpc) ?? common.spanName;
}

function addConnection(a: AttributeList, { connection, socketPath, reused }: Call): void {
  const { peerAddress, peerPort } = connection ?? {};
  if (peerAddress !== undefined && peerPort !== undefined) {
    a.set('network.peer.address', peerAddress);
    a.set('network.peer.port', peerPort);
  }
  if (socketPath !== undefined) {
    a.set('network.transport', 'unix');
    a.set('network.peer.address', redactPath(socketPath));
  }
  if (peerAddress !== undefined) a.set('api.connection.reused', reused !== undefined);
  a.set('api.connection.idle', seconds(reused?.idleMs));
  a.set('api.connection.calls', reused?.calls);
}

const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000);

function addTimings(a: AttributeList, { timings, streamed, startMs }: Call): void {
  a.set('api.timing.queue', seconds(timings.queue));
  a.set('api.timing.dns', seconds(timings.dns));
  a.set('api.timing.tcp', seconds(timings.tcp));
  a.set('api.timing.tls', seconds(timings.tls));
  a.set('api.timing.wait', seconds(timings.wait));
  a.set('api.timing.body', seconds(timings.body));
  if (streamed === undefined || streamed.firstMs === 0) return;
  a.set('api.stream.first_chunk', (streamed.firstMs - startMs) / 1000);
  a.set('api.stream.longest_gap', streamed.gapMs / 1000);
  a.set('http.response.body.size', streamed.bytes);
}

/** Every so many answers one's clock is looked at although it did not fail at auth. */
const SAMPLE = 64;
const answers = Memory.part(() => ({ count: 0 }));
const looksAtClock = (failedAtAuth: boolean): boolean => failedAtAuth || answers().count++ % SAMPLE === 0;

/**
 * Seconds the provider's clock is ahead of ours. `Date` (RFC 9110 §6.6.1) has whole seconds, so half of one is added; it was written
 * between our request and its answer, so the middle of the two is compared.
 */
export function clockOffset(date: string | undefined, sentMs: number, answeredMs: number): number | undefined {
  const theirs = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(theirs)) return undefined;
  return (theirs + 500 - (sentMs + answeredMs) / 2) / 1000;
}
