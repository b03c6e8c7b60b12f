import { type Config, loadConfig } from '../../src/config.ts';
import { redactPath } from '../../src/redact/index.ts';
import { now } from '../base/now.ts';
import type { Call } from '../capture/types.ts';
import type { Outcome } from '../judge/types.ts';
import type { AttributeList } from '../span/list.ts';
import { authOf } from './auth.ts';
import { clockOffset, looksAtClock } from './clock.ts';
import { commonOf, pathOf } from './common.ts';
import { addError } from './error.ts';
import { addCause, addEvidence } from './evidence.ts';
import { addExchange } from './exchange.ts';
import { failureOf } from './failure.ts';
import { addNotices } from './notices.ts';
import { addRpc, addStream } from './stream.ts';

/**
 * Adds every attribute of a call but those that need other calls to be known (retries, repeated reads), and returns the name of its span.
 * Only inside `CallSink.end`.
 */
export function describe(a: AttributeList, call: Call, outcome: Outcome, config: Config = environment()): string {
  const nowMs = Date.now();
  const { status } = call;
  const auth = authOf(call, call.proxied ? pathOf(call.path) : call.path, nowMs);
  const common = commonOf(call, config, auth.scheme);
  a.share(common);
  addConnection(a, call);
  if (call.tlsNotAfter !== undefined) a.set('api.tls.not_after', call.tlsNotAfter);
  addTimings(a, call);
  addStream(a, call);
  if (auth.expired !== undefined) a.set('api.auth.expired', auth.expired);

  if (outcome.kind === 'cancelled') a.set('api.cancelled', true);
  if (outcome.kind === 'failed') {
    a.share(failureOf(outcome, status));
    addError(a, call, outcome);
    addExchange(a, call, config, common);
  }
  if (status !== undefined) addNotices(a, call, outcome.kind === 'failed');
  const { evidence } = outcome;
  if (evidence) addEvidence(a, evidence, config, common);
  if (evidence && outcome.kind === 'failed') addCause(a, outcome.layer, evidence);
  if (status !== undefined && looksAtClock(outcome.layer === 'auth')) {
    const answered = nowMs - (now() - call.headersMs);
    const offset = clockOffset(call.responseHeader('date'), answered - (call.timings.wait ?? 0), answered);
    if (offset !== undefined) a.set('api.clock.offset', offset);
  }
  return addRpc(a, outcome.rpc) ?? common.spanName;
}

let loaded: Config | undefined;
function environment(): Config {
  loaded ??= loadConfig(process.env).config;
  return loaded;
}

function addConnection(a: AttributeList, { peerAddress, peerPort, socketPath, reused }: Call): void {
  if (peerAddress !== undefined && peerPort !== undefined) {
    a.set('network.peer.address', peerAddress);
    a.set('network.peer.port', peerPort);
  }
  if (socketPath !== undefined) {
    a.set('network.transport', 'unix');
    a.set('network.peer.address', redactPath(socketPath));
  }
  if (peerAddress !== undefined) a.set('api.connection.reused', reused !== undefined);
  if (reused === undefined) return;
  a.set('api.connection.idle', reused.idleMs / 1000);
  a.set('api.connection.calls', reused.calls);
}

function addTimings(a: AttributeList, { timings }: Call): void {
  const { queue, dns, tcp, tls, wait, body } = timings;
  if (queue !== undefined) a.set('api.timing.queue', queue / 1000);
  if (dns !== undefined) a.set('api.timing.dns', dns / 1000);
  if (tcp !== undefined) a.set('api.timing.tcp', tcp / 1000);
  if (tls !== undefined) a.set('api.timing.tls', tls / 1000);
  if (wait !== undefined) a.set('api.timing.wait', wait / 1000);
  if (body !== undefined) a.set('api.timing.body', body / 1000);
}
