import { LAYER, type LayerName } from '../../src/contract/index.ts';

/** What the caller may do with a failed call of this layer, by what is known to have left the host (RFC 9110 §9.2.2). */
export const RETRY: Readonly<Record<LayerName, string>> = {
  client: 'do not repeat: nothing left this process; mend the call',
  dns: 'safe to repeat with backoff: nothing was sent',
  tcp: 'safe to repeat with backoff: nothing was sent',
  proxy: 'safe to repeat with backoff once the proxy answers: nothing reached the provider',
  tls: 'do not repeat until the certificate or protocol is mended: nothing was sent',
  send: 'repeat reads; repeat writes only with the same idempotency key: part of the request may have arrived',
  wait: 'repeat reads; repeat writes only with the same idempotency key: the request may have been carried out',
  body: 'repeat reads; repeat writes only with the same idempotency key: the request was carried out',
  endpoint: 'do not repeat: only a changed request can succeed',
  auth: 'do not repeat: only another credential or scope can succeed',
  payload: 'do not repeat: only a changed request can succeed',
  throttling: 'wait for Retry-After, then fewer at a time, with jitter',
  service: 'repeat reads with backoff and jitter; writes only with the same idempotency key',
  unknown: 'read the evidence first',
};

/** A template that picks by the value of a variable or field. */
export function byLayer(text: (layer: LayerName) => string, of = '$layer'): string {
  const names = Object.keys(LAYER) as LayerName[];
  const branches = names.map((name, i) => `{{ ${i === 0 ? 'if' : 'else if'} eq ${of} "${name}" }}${text(name)}`);
  return `${branches.join('')}{{ end }}`;
}
