import type { Filled } from '../fill.ts';

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * Why a request must not be sent, or undefined. A record’s URL was chosen by whoever made the service call it, so the operator names the
 * origins that may be sent to. Addresses are judged later, at the connection itself.
 */
export function refusal(
  filled: Filled,
  rules: { readonly origins: readonly string[]; readonly confirmed: boolean },
): string | undefined {
  const url = new URL(filled.url);
  const allowed = rules.origins.some((text) => URL.canParse(text) && new URL(text).origin === url.origin);
  if (!allowed)
    return `${url.origin} is not among FAULTLAYER_REPLAY_ORIGINS; nothing was sent. If you mean it, add it there`;
  if (!READS.has(filled.method) && !rules.confirmed)
    return `${filled.method} may change something at the provider; --confirm sends it all the same`;
  return undefined;
}
