import type { Config } from '../../src/config.ts';
import type { LayerName } from '../../src/contract/index.ts';
import type { Evidence } from '../../src/extract/index.ts';
import type { Outcome } from '../judge/types.ts';
import { Block } from '../span/block.ts';
import type { AttributeList } from '../span/list.ts';
import type { Common } from './common.ts';

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
