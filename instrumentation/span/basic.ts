import { LAYER } from '../../src/contract/index.ts';
import { providerName } from '../../src/providers/index.ts';
import { redactUrl } from '../../src/redact/url.ts';
import { templateOf } from '../../src/template.ts';
import type { Call, Outcome } from '../capture/types.ts';
import type { Attributes } from './record.ts';

export function attributesOf(call: Call, outcome: Outcome): Attributes {
  const layer = outcome.layer;
  return {
    'http.request.method': call.method,
    'server.address': call.host,
    'server.port': call.port,
    'url.full': redactUrl(call.url()),
    'url.template': templateOf(call.path),
    'http.response.status_code': call.status,
    'api.status.class': call.status === undefined ? 'none' : `${Math.floor(call.status / 100)}xx`,
    'api.provider.name': providerName(call.host),
    'api.failure.layer': layer,
    'api.failure.stage': layer && LAYER[layer].stage,
    'api.failure.owner': layer && LAYER[layer].owner,
    'api.failure.reason': outcome.reason,
  };
}
