import type { Config } from '../../src/config.ts';
import type { LayerName } from '../../src/contract/index.ts';
import type { Evidence } from '../../src/extract/index.ts';
import { Block } from '../span/block.ts';
import type { AttributeList } from '../span/list.ts';
import type { Common } from './common.ts';

type Words = { readonly [K in 'code' | 'subcode' | 'message' | 'retryAfter']?: Evidence[K] | undefined };

/** What a failing answer said of the failure; the next of its kind says the same, as a rule. */
export class Said extends Block {
  private readonly words: Words;

  constructor(words: Words, config: Config) {
    super();
    this.words = words;
    const { code, subcode, message, retryAfter } = words;
    if (code !== undefined) this.set('api.provider.code', code);
    if (subcode !== undefined) this.set('api.provider.subcode', subcode);
    if (message !== undefined && config.providerMessages) this.set('api.provider.message', message);
    if (retryAfter !== undefined) this.set('api.retry.after', retryAfter);
  }

  fits({ code, subcode, message, retryAfter }: Words): boolean {
    const { words } = this;
    return (
      words.code === code && words.subcode === subcode && words.message === message && words.retryAfter === retryAfter
    );
  }
}

/** What the provider itself said. */
export function addEvidence(a: AttributeList, evidence: Evidence, config: Config, common: Common): void {
  const { code, subcode, message, requestId, retryAfter, rateLimit } = evidence;
  if (code !== undefined || message !== undefined || subcode !== undefined || retryAfter !== undefined) {
    // not the evidence itself: its request ID may hold the whole body
    if (common.said?.fits(evidence) !== true) common.said = new Said({ code, subcode, message, retryAfter }, config);
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
