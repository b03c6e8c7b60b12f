import { encodeRequest } from './otlp-schema.ts';

export type Value = string | number | boolean | bigint | string[] | null;
export type Bag = Record<string, Value>;

/** One span as a test writes it; what is left out gets a sound value. */
export interface TestSpan {
  traceId?: string;
  spanId?: string;
  traceState?: string;
  kind?: number;
  startNanos?: bigint;
  endNanos?: bigint;
  attributes?: Bag;
}
export interface TestResource {
  resource?: Bag;
  spans: TestSpan[];
}

const T0 = 1_790_000_000_000_000_000n;
let serial = 0;
const filled = (span: TestSpan): Required<TestSpan> => {
  serial++;
  return {
    traceId: serial.toString(16).padStart(32, 'a'),
    spanId: serial.toString(16).padStart(16, 'b'),
    traceState: '',
    kind: 3,
    startNanos: T0,
    endNanos: T0 + 120_000_000n,
    attributes: {},
    ...span,
  };
};

const protoValue = (v: Value): object => {
  if (v === null) return {};
  if (Array.isArray(v)) return { value: { case: 'arrayValue', value: { values: v.map(protoValue) } } };
  if (typeof v === 'string') return { value: { case: 'stringValue', value: v } };
  if (typeof v === 'boolean') return { value: { case: 'boolValue', value: v } };
  if (typeof v === 'bigint') return { value: { case: 'intValue', value: v } };
  return Number.isInteger(v)
    ? { value: { case: 'intValue', value: BigInt(v) } }
    : { value: { case: 'doubleValue', value: v } };
};
const jsonValue = (v: Value): object => {
  if (v === null) return {};
  if (Array.isArray(v)) return { arrayValue: { values: v.map(jsonValue) } };
  if (typeof v === 'string') return { stringValue: v };
  if (typeof v === 'boolean') return { boolValue: v };
  return typeof v === 'bigint' || Number.isInteger(v) ? { intValue: String(v) } : { doubleValue: v };
};
const pairs = (bag: Bag, value: (v: Value) => object) =>
  Object.entries(bag).map(([key, v]) => ({ key, value: value(v) }));

/** An ExportTraceServiceRequest in protobuf, encoded by @bufbuild/protobuf. */
export function protobufBody(resources: TestResource[]): Uint8Array {
  return encodeRequest({
    resourceSpans: resources.map(({ resource = {}, spans }) => ({
      resource: { attributes: pairs(resource, protoValue) },
      scopeSpans: [
        {
          scope: { name: 'test', version: '1' },
          spans: spans.map(filled).map((s) => ({
            traceId: Buffer.from(s.traceId, 'hex'),
            spanId: Buffer.from(s.spanId, 'hex'),
            traceState: s.traceState,
            name: 'call',
            kind: s.kind,
            startTimeUnixNano: s.startNanos,
            endTimeUnixNano: s.endNanos,
            attributes: pairs(s.attributes, protoValue),
            status: { code: 1 },
            flags: 257,
          })),
        },
      ],
    })),
  });
}

/** The same in OTLP/JSON. */
export function jsonBody(resources: TestResource[]): string {
  return JSON.stringify({
    resourceSpans: resources.map(({ resource = {}, spans }) => ({
      resource: { attributes: pairs(resource, jsonValue) },
      scopeSpans: [
        {
          scope: { name: 'test', version: '1' },
          spans: spans.map(filled).map((s) => ({
            traceId: s.traceId,
            spanId: s.spanId,
            ...(s.traceState && { traceState: s.traceState }),
            name: 'call',
            kind: s.kind,
            startTimeUnixNano: String(s.startNanos),
            endTimeUnixNano: String(s.endNanos),
            attributes: pairs(s.attributes, jsonValue),
            status: { code: 1 },
          })),
        },
      ],
    })),
  });
}

const pick = <T>(random: () => number, values: readonly T[]): T => values[Math.floor(random() * values.length)]!;

/** A seeded generator of numbers in [0, 1) (mulberry32). */
export function seeded(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const PROVIDERS = ['stripe', 'openai', 'github', 'aws', 'slack', 'twilio', 'shopify', 'sendgrid', 'auth0', 'datadog'];
const FAILURES: [status: number, layer: string, code: string][] = [
  [401, 'auth', 'invalid_api_key'],
  [404, 'endpoint', 'resource_missing'],
  [422, 'payload', 'parameter_invalid'],
  [429, 'throttling', 'rate_limit'],
  [503, 'service', 'ServiceUnavailable'],
];

/** A mix as a fleet sends it: 93 % fine, 6 % answered failures, 1 % without an answer; everything a call can carry. */
export function typicalSpan(random: () => number): TestSpan {
  const provider = pick(random, PROVIDERS);
  const method = pick(random, ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE']);
  const host = `api${Math.floor(random() * 2)}.${provider}.com`;
  const template = pick(random, ['/v1/charges/{id}', '/v1/customers', '/v1/items/{id}/parts', '/graphql']);
  const fate = random();
  const [status, layer, code] = fate < 0.93 ? [200, '', ''] : fate < 0.99 ? pick(random, FAILURES) : [0, 'wait', ''];
  const id = (digits: number): string =>
    Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
  const nanos = BigInt(Math.floor(random() ** 4 * 3e9));
  return {
    traceId: `f${id(31)}`,
    spanId: `e${id(15)}`,
    endNanos: T0 + nanos,
    attributes: {
      'http.request.method': method,
      'server.address': host,
      'server.port': 443,
      'url.full': `https://${host}${template.replace('{id}', id(12))}?limit=10`,
      'url.template': template,
      'network.peer.address': '203.0.113.7',
      'network.peer.port': 443,
      'network.protocol.version': '1.1',
      'user_agent.original': 'node',
      'api.provider.name': provider,
      'api.status.class': status === 0 ? 'none' : `${String(status)[0]}xx`,
      ...(status !== 0 && { 'http.response.status_code': status, 'api.provider.request_id': `req_${id(16)}` }),
      'api.timing.wait': Number(nanos) / 1.3e9 + 0.0001,
      'api.timing.body': 0.0011,
      ...(random() < 0.1 && { 'api.timing.dns': 0.0042, 'api.timing.tcp': 0.0173, 'api.timing.tls': 0.0311 }),
      ...(layer !== '' && {
        'api.failure.layer': layer,
        'api.failure.stage': 'after_response',
        'api.failure.owner': 'caller',
        'api.failure.reason': status === 0 ? 'http.response.timed_out' : 'http.error',
        'api.request.sent': 'yes',
        'error.type': status === 0 ? 'http.response.timed_out' : String(status),
      }),
      ...(code !== '' && { 'api.provider.code': code, 'api.provider.message': 'No such thing: it is gone' }),
    },
  };
}

/** A body of `spans` typical spans from one of eight services, with the resource an SDK sends. */
export function typicalBody(random: () => number, spans: number): TestResource[] {
  const service = pick(random, ['shop', 'billing', 'search', 'mail', 'auth', 'reports', 'sync', 'edge']);
  return [
    {
      resource: {
        'service.name': service,
        'service.version': '2.4.1',
        'deployment.environment.name': 'production',
        'telemetry.sdk.name': 'opentelemetry',
        'telemetry.sdk.language': 'nodejs',
        'telemetry.sdk.version': '3.1.1',
        'host.name': 'ip-10-0-0-12',
        'host.arch': 'amd64',
        'process.pid': 4711,
        'process.runtime.name': 'nodejs',
        'process.runtime.version': '24.21.0',
        'process.executable.name': 'node',
        'process.command': '/srv/app/server.js',
        'os.type': 'linux',
        'k8s.pod.name': `${service}-7d9f8b6c5-x2x4z`,
      },
      spans: Array.from({ length: spans }, () => typicalSpan(random)),
    },
  ];
}
