import type { Config } from '../../src/config.ts';
import { type LayerName, ownerOf, stageOf } from '../../src/contract/index.ts';
import type { Evidence } from '../../src/extract/index.ts';
import { detailOf, errorCodeOf } from '../../src/layers/detail.ts';
import { Memory } from '../../src/memo.ts';
import { redactDetail, redactText } from '../../src/redact/index.ts';
import type { Call } from '../capture/types.ts';
import type { Outcome } from '../judge/types.ts';
import { Block, Blocks } from '../span/block.ts';
import type { AttributeList } from '../span/list.ts';
import type { Common } from './common.ts';

/** Kinds of failures that are remembered; saves 4 of the 17 µs that a failing call adds: a service that fails does so in one or two ways at a time. */
const LIMIT = 16;
const kept = Memory.part(() => new Blocks(LIMIT));

/** How a call failed, without what its answer says. */
export function failureOf(outcome: Outcome, status: number | undefined): Block {
  const { layer = 'unknown', reason = 'unknown', sent, rpc } = outcome;
  const failures = kept();
  const parts = [layer, reason, sent, status, rpc?.status];
  const known = failures.find(parts);
  if (known !== undefined) return known;
  const block = new Block();
  block.set('api.failure.layer', layer);
  block.set('api.failure.stage', stageOf(layer, sent, status !== undefined));
  block.set('api.failure.reason', reason);
  block.set('api.failure.owner', ownerOf(layer, reason));
  block.set('api.request.sent', sent);
  // semantic conventions, RPC: the status that the procedure itself ended with
  block.set('error.type', String(rpc?.status ?? (reason === 'http.error' ? status : undefined) ?? reason));
  return failures.keep(parts, block);
}

const DETAIL_MAX = 256;

/** The error as the application saw it, with what was seen beside it; an answer that says what is wrong needs neither. */
export function addError(a: AttributeList, call: Call, { error, reason, deadlineMs }: Outcome): void {
  if (deadlineMs !== undefined) a.set('api.deadline', deadlineMs / 1000);
  if (reason === 'http.error' || reason === 'http.error_in_success') return;
  const code = errorCodeOf(error);
  if (code !== undefined) a.set('api.failure.error', redactText(code, 64));
  const ofCertificate = reason?.startsWith('tls.cert.') ? call.connection?.certificate : undefined;
  const announced =
    reason === 'http.response.truncated' || reason === 'http.response.stalled' ? lengthOf(call) : undefined;
  const detail = detailOf(error, {
    issuer: ofCertificate?.issuer,
    validTo: ofCertificate?.validTo,
    announced,
    received: announced === undefined ? undefined : Math.min(announced, call.received() ?? 0),
  });
  if (detail !== undefined) a.set('api.failure.detail', redactDetail(detail, DETAIL_MAX));
}

function lengthOf(call: Call): number | undefined {
  const length = Number(call.responseHeader('content-length') ?? Number.NaN);
  return Number.isSafeInteger(length) && call.received() !== undefined ? length : undefined;
}

/** What the provider itself said. */
export function addEvidence(a: AttributeList, evidence: Evidence, config: Config, common: Common): void {
  const { code, subcode, message, requestId, retryAfter, rateLimit } = evidence;
  if (code !== undefined || message !== undefined || subcode !== undefined || retryAfter !== undefined)
    a.share(saidBy(common, [code, subcode, config.providerMessages ? message : undefined, retryAfter]));
  a.set('api.provider.request_id', requestId);
  a.set('api.deprecation.at', evidence.deprecationAt);
  a.set('api.sunset.at', evidence.sunsetAt);
  if (rateLimit === undefined) return;
  a.set('api.rate_limit.limit', rateLimit.limit);
  a.set('api.rate_limit.remaining', rateLimit.remaining);
  a.set('api.rate_limit.reset', rateLimit.reset);
}

const SAID = ['api.provider.code', 'api.provider.subcode', 'api.provider.message', 'api.retry.after'] as const;

function saidBy({ said }: Common, words: readonly (string | number | undefined)[]): Block {
  const known = said.find(words);
  if (known !== undefined) return known;
  const block = new Block();
  for (const [i, name] of SAID.entries()) block.set(name, words[i]);
  return said.keep(words, block);
}

/** What the answer adds to a failure: the limit that was hit, the parts that failed, and what a proxy in between has to say. */
export function addCause(a: AttributeList, layer: LayerName | undefined, evidence: Evidence): void {
  const { limitKind, batch, proxyError } = evidence;
  if (layer === 'throttling' || limitKind === 'credit' || limitKind === 'capacity') a.set('api.limit.kind', limitKind);
  a.set('api.batch.failed', batch?.failed);
  a.set('api.batch.total', batch?.total);
  a.set('api.proxy.status', proxyError);
}

/** Semantic conventions, RPC. Returns the span's name, if the method is known. */
export function addRpc(a: AttributeList, rpc: Outcome['rpc']): string | undefined {
  a.set('rpc.system.name', rpc?.system);
  a.set('rpc.method', rpc?.method);
  a.set('rpc.response.status_code', rpc?.status);
  return rpc?.method;
}
