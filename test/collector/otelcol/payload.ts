import { LIBRARY_CALL } from '../../../src/contract/index.ts';

/** Spans as an SDK would send them (OTLP/JSON), covering every metric of the contract. Times are fixed by the caller. */
export interface SpanSpec {
  readonly service: string;
  readonly version?: string;
  readonly durationMs: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly kind?: number;
  readonly tracestate?: string;
}

const value = (v: string | number | boolean): Record<string, unknown> =>
  typeof v === 'string'
    ? { stringValue: v }
    : typeof v === 'boolean'
      ? { boolValue: v }
      : Number.isInteger(v)
        ? { intValue: String(v) }
        : { doubleValue: v };

const pairs = (o: Readonly<Record<string, string | number | boolean>>) =>
  Object.entries(o).map(([key, v]) => ({ key, value: value(v) }));

/** One OTLP/JSON body; span n has trace ID and span ID n in hexadecimal. */
export function bodyOf(spans: readonly SpanSpec[], endMs: number): string {
  const services = Map.groupBy(
    spans.map((spec, i) => ({ spec, i })),
    ({ spec }) => `${spec.service}\n${spec.version ?? ''}`,
  );
  return JSON.stringify({
    resourceSpans: [...services.values()].map((group) => ({
      resource: {
        attributes: pairs({
          'service.name': group[0]!.spec.service,
          'service.version': group[0]!.spec.version ?? '1.0.0',
          'deployment.environment.name': 'test',
          'host.name': 'h1',
        }),
      },
      scopeSpans: [
        {
          scope: { name: 'faultlayer' },
          spans: group.map(({ spec, i }) => ({
            traceId: (i + 1).toString(16).padStart(32, '0'),
            spanId: (i + 1).toString(16).padStart(16, '0'),
            name: 'GET',
            kind: spec.kind ?? 3,
            ...(spec.tracestate ? { traceState: spec.tracestate } : {}),
            startTimeUnixNano: String(BigInt(endMs - spec.durationMs) * 1_000_000n),
            endTimeUnixNano: String(BigInt(endMs) * 1_000_000n),
            attributes: pairs(spec.attributes),
            status: {},
          })),
        },
      ],
    })),
  });
}

const ok = (more: Record<string, string | number | boolean> = {}) => ({
  'http.request.method': 'GET',
  'server.address': 'api.stripe.com',
  'server.port': 443,
  'url.template': '/v1/charges/{id}',
  'url.full': 'https://api.stripe.com/v1/charges/ch_1',
  'api.status.class': '2xx',
  'http.response.status_code': 200,
  'api.provider.name': 'stripe',
  ...more,
});
const failed = (status: number, layer: string, code: string, more: Record<string, string | number | boolean> = {}) =>
  ok({
    'http.response.status_code': status,
    'api.status.class': `${Math.floor(status / 100)}xx`,
    'api.failure.layer': layer,
    'api.failure.reason': 'http.error',
    'api.provider.code': code,
    'api.provider.request_id': `req_${code}`,
    ...more,
  });

/** A mixture that touches every metric. */
export const SPANS: readonly SpanSpec[] = [
  ...Array.from({ length: 40 }, (_, i) => ({
    service: 'checkout',
    durationMs: 3 + i * 7,
    attributes: ok({ 'api.timing.wait': 0.002 + i * 0.004, 'api.timing.body': 0.001 }),
  })),
  {
    service: 'checkout',
    durationMs: 90,
    attributes: ok({
      'api.timing.dns': 0.004,
      'api.timing.tcp': 0.01,
      'api.timing.tls': 0.02,
      'api.tls.not_after': 1_900_000_000,
    }),
  },
  {
    service: 'checkout',
    durationMs: 30,
    attributes: failed(401, 'auth', 'invalid_api_key', { 'api.clock.offset': 1.5 }),
  },
  {
    service: 'checkout',
    durationMs: 31,
    attributes: failed(429, 'throttling', 'rate_limit', {
      'api.retry.after': 7.5,
      'api.rate_limit.limit': 100,
      'api.rate_limit.remaining': 25,
    }),
  },
  {
    service: 'checkout',
    durationMs: 35,
    attributes: failed(429, 'throttling', 'rate_limit', { 'api.retry.kind': 'early', 'http.request.resend_count': 1 }),
  },
  { service: 'search', version: '2.1.0', durationMs: 12, attributes: ok({ 'api.request.repeated': true }) },
  {
    service: 'search',
    version: '2.1.0',
    durationMs: 800,
    attributes: failed(503, 'service', '', { 'server.address': 'api.openai.com', 'api.provider.name': 'openai' }),
  },
  {
    service: 'search',
    version: '2.1.0',
    durationMs: 2,
    attributes: {
      'http.request.method': 'POST',
      'server.address': 'nowhere.invalid',
      'server.port': 443,
      'url.template': '/',
      'api.status.class': 'none',
      'api.provider.name': 'nowhere.invalid',
      'api.failure.layer': 'dns',
      'api.failure.reason': 'dns.name_not_resolved',
    },
  },
  // One kept of four: counts as four in both.
  { service: 'search', version: '2.1.0', durationMs: 20, tracestate: 'ot=th:c', attributes: ok() },
  // Other instrumentations' attempts, with present and former names.
  {
    service: 'legacy',
    durationMs: 9,
    attributes: { 'http.method': 'GET', 'http.status_code': 429, 'net.peer.name': 'foreign.example' },
  },
  {
    service: 'legacy',
    durationMs: 9,
    attributes: { 'http.request.method': 'GET', 'server.address': 'foreign.example', 'error.type': 'ECONNREFUSED' },
  },
  // Libraries' calls around their attempts.
  ...LIBRARY_CALL.map((name) => ({
    service: 'legacy',
    durationMs: 9,
    attributes: { 'http.request.method': 'POST', 'server.address': 'foreign.example', [name]: 'some' },
  })),
  // Records of ours that are no calls.
  {
    service: 'search',
    version: '2.1.0',
    durationMs: 5,
    attributes: ok({ 'api.pending': true, 'api.pending.phase': 'wait' }),
  },
  {
    service: 'search',
    version: '2.1.0',
    durationMs: 5,
    attributes: failed(101, 'body', '', { 'api.websocket.close_code': 1006 }),
  },
  // Neither is an outbound HTTP call of ours.
  { service: 'search', version: '2.1.0', durationMs: 5, kind: 2, attributes: ok() },
];
