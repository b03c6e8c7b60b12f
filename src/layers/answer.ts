import type { LayerName } from '../contract/layers.ts';

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

/** The layer at which an answered call failed; undefined if it did not. A rate-limit or quota code wins over the status. */
export function layerOfAnswer(
  status: number,
  evidence: { readonly code?: string; readonly failedIn2xx: boolean },
  _provider: string,
): LayerName | undefined {
  const failed = status >= 400 || evidence.failedIn2xx;
  if (!failed) return undefined;
  if (evidence.code !== undefined && /rate.?limit|throttl|quota|too.?many.?requests/i.test(evidence.code))
    return 'throttling';
  return layerOfStatus(status) ?? 'payload';
}
