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
    a.share(
      common.said.of([code, subcode, message, retryAfter], () => {
        const block = new Block();
        block.set('api.provider.code', code);
        block.set('api.provider.subcode', subcode);
        if (config.providerMessages) block.set('api.provider.message', message);
        block.set('api.retry.after', retryAfter);
        return block;
      }),
    );
  a.set('api.provider.request_id', requestId);
  a.set('api.deprecation.at', evidence.deprecationAt);
  a.set('api.sunset.at', evidence.sunsetAt);
  if (rateLimit === undefined) return;
  a.set('api.rate_limit.limit', rateLimit.limit);
  a.set('api.rate_limit.remaining', rateLimit.remaining);
  a.set('api.rate_limit.reset', rateLimit.reset);
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
