import { METRICS, PHASES, type ReadName } from '../../src/contract/index.ts';

/** One metric of the signal_to_metrics connector; values and conditions are OTTL over the span context. */
export interface SpanMetric {
  readonly name: string;
  readonly description: string;
  readonly unit?: string;
  readonly include_resource_attributes: readonly { key: string }[];
  readonly attributes: readonly { key: string; default_value?: string }[];
  readonly conditions: readonly string[];
  readonly sum?: { value: string; monotonic: true };
  readonly gauge?: { value: string };
  readonly histogram?: { count: string; value: string; buckets: readonly number[] };
}

/** Sampled spans stand for more than one call: OpenTelemetry probability sampling, `tracestate` `ot=th:`. */
const COUNT = 'Int(AdjustedCount())';
const SERVICE = [{ key: 'service.name' }] as const;
const PROVIDER = [{ key: 'api.provider.name', default_value: '' }] as const;
const ENDPOINT = [...PROVIDER, ...['http.request.method', 'url.template'].map((key) => ({ key, default_value: '' }))];
const has = (...keys: ReadName[]): string[] => [keys.map((key) => `span.attributes["${key}"] != nil`).join(' and ')];

/** `api_client_x_total` → `api.client.x`: the Prometheus exporters add suffixes of type and unit again. */
export const otelName = (prometheus: string): string =>
  prometheus.replace(/_(total|seconds|ratio)$/, '').replace(/^api_client_/, 'api.client.');

/** The metrics that are not calls and duration; those two come from the spanmetrics connector, which keeps exemplars. */
export function spanMetrics(): SpanMetric[] {
  const m = METRICS;
  const common = { include_resource_attributes: SERVICE, attributes: PROVIDER };
  const counter = (
    metric: { name: string; help: string },
    conditions: string[],
    extra: { key: string }[] = [],
  ): SpanMetric => ({
    ...common,
    name: otelName(metric.name),
    description: metric.help,
    attributes: [...PROVIDER, ...extra],
    conditions,
    sum: { value: COUNT, monotonic: true },
  });
  const gauge = (
    metric: { name: string; help: string },
    unit: string,
    value: string,
    more: Partial<SpanMetric>,
  ): SpanMetric => ({
    ...common,
    name: otelName(metric.name),
    description: metric.help,
    unit,
    conditions: [],
    gauge: { value },
    ...more,
  });
  return [
    ...PHASES.map((phase) => ({
      ...common,
      name: `${otelName(m.phase.name)}.${phase}`,
      description: m.phase.help,
      unit: 's',
      conditions: has(`api.timing.${phase}`),
      histogram: { count: COUNT, value: `Double(span.attributes["api.timing.${phase}"])`, buckets: m.phase.buckets },
    })),
    counter(m.retries, has('api.retry.kind'), [{ key: 'api.retry.kind' }]),
    counter(m.cancelled, ['span.attributes["api.cancelled"] == true']),
    counter(m.repeatedReads, ['span.attributes["api.request.repeated"] == true']),
    ...(
      [
        [m.retryAfter, 'api.retry.after'],
        [m.firstChunk, 'api.stream.first_chunk'],
        [m.longestGap, 'api.stream.longest_gap'],
      ] as const
    ).map(([metric, name]) => ({
      ...common,
      name: otelName(metric.name),
      description: metric.help,
      unit: 's',
      conditions: has(name),
      histogram: { count: COUNT, value: `Double(span.attributes["${name}"])`, buckets: metric.buckets },
    })),
    gauge(
      m.rateLimitRemaining,
      '1',
      'Double(span.attributes["api.rate_limit.remaining"]) / Double(span.attributes["api.rate_limit.limit"])',
      {
        conditions: [
          'span.attributes["api.rate_limit.remaining"] != nil and span.attributes["api.rate_limit.limit"] > 0',
        ],
      },
    ),
    gauge(m.tlsExpiry, 's', 'Double(span.attributes["api.tls.not_after"])', {
      attributes: [{ key: 'server.address', default_value: '' }],
      conditions: has('api.tls.not_after'),
    }),
    ...(
      [
        [m.deprecation, 'api.deprecation.at'],
        [m.sunset, 'api.sunset.at'],
      ] as const
    ).map(([metric, name]) =>
      gauge(metric, 's', `Double(span.attributes["${name}"])`, {
        attributes: ENDPOINT,
        conditions: has(name),
      }),
    ),
    gauge(m.clockOffset, 's', 'Double(span.attributes["api.clock.offset"])', {
      attributes: [],
      conditions: has('api.clock.offset'),
    }),
    gauge(m.serviceInfo, '', '1', {
      include_resource_attributes: [...SERVICE, { key: 'service.version' }, { key: 'deployment.environment.name' }],
      attributes: [],
    }),
    gauge(m.lastFailure, 's', 'Double(UnixNano(span.end_time)) / 1000000000', {
      attributes: [
        ...PROVIDER,
        { key: 'api.failure.layer' },
        { key: 'api.provider.code', default_value: '' },
        { key: 'request_id', default_value: '' },
        { key: 'trace_id' },
      ],
      conditions: has('api.failure.layer'),
    }),
  ];
}
