import { METRICS, type Metric, PHASES, type ReadName } from '../../src/contract/index.ts';
import { attribute } from './attempts.ts';

/** One metric of the signal_to_metrics connector; values and conditions are OTTL over the span context. */
interface SpanMetric {
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
const SERVICE = [{ key: 'service.name' }];
const maybe = (key: string) => ({ key, default_value: '' });
const PROVIDER = [maybe('api.provider.name')];
const ENDPOINT = [...PROVIDER, maybe('http.request.method'), maybe('url.template')];
const has = (name: ReadName): string[] => [`${attribute(name)} != nil`];
const double = (name: string): string => `Double(${attribute(name)})`;

const LIMIT = 'api.rate_limit.limit';
const REMAINING = 'api.rate_limit.remaining';

/** `api_client_x_total` → `api.client.x`: the Prometheus exporters add suffixes of type and unit again. */
export const otelName = (prometheus: string): string =>
  prometheus.replace(/_(total|seconds|ratio)$/, '').replace(/^api_client_/, 'api.client.');

const metric = ({ name, help }: Metric, more: Partial<SpanMetric>): SpanMetric => ({
  include_resource_attributes: SERVICE,
  attributes: PROVIDER,
  name: otelName(name),
  description: help,
  conditions: [],
  ...more,
});
const counter = (of: Metric, condition: string, attributes: SpanMetric['attributes'] = PROVIDER): SpanMetric =>
  metric(of, { attributes, conditions: [condition], sum: { value: COUNT, monotonic: true } });
const histogram = (of: Metric, name: ReadName, more: Partial<SpanMetric> = {}): SpanMetric =>
  metric(of, {
    unit: 's',
    conditions: has(name),
    histogram: { count: COUNT, value: double(name), buckets: of.buckets! },
    ...more,
  });
const gauge = (of: Metric, unit: string, value: string, more: Partial<SpanMetric>): SpanMetric =>
  metric(of, { unit, gauge: { value }, ...more });
/** A gauge of an attribute in seconds, where a span has it. */
const seconds = (of: Metric, name: ReadName, attributes: SpanMetric['attributes']): SpanMetric =>
  gauge(of, 's', double(name), { attributes, conditions: has(name) });

/** The metrics that are not calls and duration; those two come from the spanmetrics connector, which keeps exemplars. */
export function spanMetrics(): SpanMetric[] {
  const m = METRICS;
  return [
    ...PHASES.map((phase) => histogram(m.phase, `api.timing.${phase}`, { name: `${otelName(m.phase.name)}.${phase}` })),
    counter(m.retries, `${attribute('api.retry.kind')} != nil`, [...PROVIDER, { key: 'api.retry.kind' }]),
    counter(m.cancelled, `${attribute('api.cancelled')} == true`),
    counter(m.repeatedReads, `${attribute('api.request.repeated')} == true`),
    histogram(m.retryAfter, 'api.retry.after'),
    histogram(m.firstChunk, 'api.stream.first_chunk'),
    histogram(m.longestGap, 'api.stream.longest_gap'),
    gauge(m.rateLimitRemaining, '1', `${double(REMAINING)} / ${double(LIMIT)}`, {
      conditions: [`${attribute(REMAINING)} != nil and ${attribute(LIMIT)} > 0`],
    }),
    seconds(m.tlsExpiry, 'api.tls.not_after', [maybe('server.address')]),
    seconds(m.deprecation, 'api.deprecation.at', ENDPOINT),
    seconds(m.sunset, 'api.sunset.at', ENDPOINT),
    seconds(m.clockOffset, 'api.clock.offset', []),
    gauge(m.serviceInfo, '', '1', {
      include_resource_attributes: [...SERVICE, { key: 'service.version' }, { key: 'deployment.environment.name' }],
      attributes: [],
    }),
    gauge(m.lastFailure, 's', 'Double(UnixNano(span.end_time)) / 1000000000', {
      attributes: [
        ...PROVIDER,
        { key: 'api.failure.layer' },
        maybe('api.provider.code'),
        maybe('request_id'),
        { key: 'trace_id' },
      ],
      conditions: has('api.failure.layer'),
    }),
  ];
}
