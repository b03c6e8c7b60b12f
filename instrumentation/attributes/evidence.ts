import type { Config } from '../../src/config.ts';
import type { LayerName } from '../../src/contract/index.ts';
import type { Evidence } from '../../src/extract/index.ts';
import type { AttributeList } from '../span/list.ts';
import type { Common } from './common.ts';
import { ProviderWords } from './provider-words.ts';

/** What the provider itself said. */
export function addEvidence(a: AttributeList, evidence: Evidence, config: Config, common: Common): void {
  const { code, subcode, message, requestId, retryAfter, rateLimit } = evidence;
  if (code !== undefined || message !== undefined || subcode !== undefined || retryAfter !== undefined) {
    // not the evidence itself: its request ID may hold the whole body
    if (common.said?.fits(evidence) !== true)
      common.said = new ProviderWords({ code, subcode, message, retryAfter }, config);
    a.share(common.said);
  }
  if (requestId !== undefined) a.set('api.provider.request_id', requestId);
  addLifecycle(a, evidence);
  if (rateLimit?.limit !== undefined) a.set('api.rate_limit.limit', rateLimit.limit);
  if (rateLimit?.remaining !== undefined) a.set('api.rate_limit.remaining', rateLimit.remaining);
  if (rateLimit?.reset !== undefined) a.set('api.rate_limit.reset', rateLimit.reset);
}

function addLifecycle(a: AttributeList, { deprecationAt, sunsetAt }: Evidence): void {
  if (deprecationAt !== undefined) a.set('api.deprecation.at', deprecationAt);
  if (sunsetAt !== undefined) a.set('api.sunset.at', sunsetAt);
}

/** What the answer adds to a failure: the limit that was hit, the parts that failed, and what a proxy in between has to say. */
export function addCause(a: AttributeList, layer: LayerName | undefined, evidence: Evidence): void {
  const { limitKind, batch, proxyError } = evidence;
  if (limitKind !== undefined && (layer === 'throttling' || limitKind === 'credit' || limitKind === 'capacity'))
    a.set('api.limit.kind', limitKind);
  if (batch !== undefined) a.set('api.batch.failed', batch.failed);
  if (batch?.total !== undefined) a.set('api.batch.total', batch.total);
  if (proxyError !== undefined) a.set('api.proxy.status', proxyError);
}
