import type { LayerName } from '../contract/layers.ts';
import { remembering } from '../memo.ts';
import { override } from '../providers/overrides.ts';
import { layerOfNumber } from './numbers.ts';
import { layerInSuccess, layerOfWords, wordsOf } from './words.ts';

const BY_STATUS: Readonly<Record<number, LayerName>> = {
  401: 'auth',
  403: 'auth',
  404: 'endpoint',
  405: 'endpoint',
  407: 'auth',
  408: 'service',
  410: 'endpoint',
  420: 'throttling',
  421: 'endpoint',
  425: 'service',
  429: 'throttling',
  501: 'endpoint',
  511: 'auth',
  529: 'throttling',
};

/** The layer of a status alone; undefined for anything below 400. */
export function layerOfStatus(status: number): LayerName | undefined {
  if (status < 400) return undefined;
  return BY_STATUS[status] ?? (status < 500 ? 'payload' : 'service');
}

/** Statuses that say by themselves what the words of a code could only blur: not found stays not found. */
const FIRM = new Set([404, 405, 410, 421, 429, 501, 529]);

/** Codes are few and come again; null because `undefined` is not remembered. */
const impliedBy = remembering((code) => layerOfWords(wordsOf(code)) ?? null, 512);

/** Inside a 2xx the code is all there is. */
function layerOfSuccess(code: string | undefined, isGrpc: boolean, known: LayerName | undefined): LayerName {
  if (known !== undefined) return known;
  if (code === undefined) return 'payload';
  const words = wordsOf(code);
  return layerOfWords(words) ?? layerInSuccess(words) ?? layerOfNumber(code, isGrpc) ?? 'payload';
}

/**
 * The layer at which an answered call failed; undefined if it did not fail. A rate-limit or quota code is `throttling` whatever the
 * status, a code for expired or wrong credentials `auth` unless the status is firm; what a provider documents comes before its words.
 */
export function layerOfAnswer(
  status: number,
  evidence: { readonly code?: string; readonly failedIn2xx: boolean; readonly grpc?: true },
  provider: string,
): LayerName | undefined {
  const { code } = evidence;
  const documented = code === undefined ? undefined : override(provider)?.layers?.[code];
  if (status < 400) return evidence.failedIn2xx ? layerOfSuccess(code, evidence.grpc === true, documented) : undefined;
  if (documented !== undefined) return documented;
  const byStatus = layerOfStatus(status);
  const implied = code === undefined ? undefined : (impliedBy(code) ?? undefined);
  if (implied === 'throttling') return implied;
  return implied !== undefined && !FIRM.has(status) ? implied : byStatus;
}
