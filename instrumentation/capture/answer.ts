import type { LayerName, Reason } from '../../src/contract/index.ts';
import type { TrackedCall } from './call.ts';

export interface Judgement {
  readonly layer: LayerName | undefined;
  readonly reason: Reason;
  readonly evidence?: unknown;
}

/** Layer of an answered call: by its status, and by what its headers and body say. */
export function judgeAnswer(call: TrackedCall): Judgement {
  const status = call.status ?? 0;
  const layer = status < 400 ? undefined : (BY_STATUS[status] ?? (status >= 500 ? 'service' : 'payload'));
  return { layer, reason: 'http.error' };
}

const BY_STATUS: Record<number, LayerName> = {
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
