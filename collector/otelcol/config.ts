import { stringify } from 'yaml';
import { ATTRIBUTES, labelOf, METRICS, PHASES } from '../../src/contract/index.ts';
import { fillForeign, NO_ATTEMPT } from './attempts.ts';
import { otelName, spanMetrics } from './spans.ts';

/**
 * OpenTelemetry Collector configuration that turns the same spans into the metrics of the contract.
 * Agents batch and route by service; a gateway counts. Sharding by service keeps each series on one gateway.
 */
type Yaml = Record<string, unknown>;

const MEMORY_LIMITER: Yaml = { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 20 };
const RECEIVERS: Yaml = {
  otlp: {
    protocols: {
      grpc: { endpoint: '${env:OTLP_GRPC_ENDPOINT:-127.0.0.1:4317}' },
      http: { endpoint: '${env:OTLP_HTTP_ENDPOINT:-127.0.0.1:4318}' },
    },
  },
};
/** The Collector's own metrics (otelcol_*): refused spans, queue lengths. */
const OWN_METRICS: Yaml = { host: '${env:TELEMETRY_HOST:-127.0.0.1}', port: '${env:TELEMETRY_PORT:-8888}' };
const TELEMETRY: Yaml = { metrics: { readers: [{ pull: { exporter: { prometheus: OWN_METRICS } } }] } };
const HEALTH: Yaml = { health_check: { endpoint: '${env:HEALTH_ENDPOINT:-127.0.0.1:13133}' } };

/** Runs beside the services: one per node. Knows nothing of metrics. */
export const agent = (): Yaml => ({
  extensions: HEALTH,
  receivers: RECEIVERS,
  processors: { memory_limiter: MEMORY_LIMITER, batch: { send_batch_size: 8192, timeout: '1s' } },
  exporters: {
    loadbalancing: {
      routing_key: 'service',
      protocol: {
        otlp: {
          tls: { insecure: true },
          sending_queue: { queue_size: 1000 },
          retry_on_failure: { max_elapsed_time: '300s' },
        },
      },
      resolver: { dns: { hostname: '${env:GATEWAY_HOST:-faultlayer-gateway-headless}', port: '4317' } },
    },
  },
  service: {
    extensions: ['health_check'],
    telemetry: TELEMETRY,
    pipelines: {
      traces: { receivers: ['otlp'], processors: ['memory_limiter', 'batch'], exporters: ['loadbalancing'] },
    },
  },
});

/** Attributes by label list: the contract's names without what the connector adds itself. */
const dimensions = (labels: readonly string[], skip: readonly string[]): { name: string }[] =>
  labels.filter((l) => !skip.includes(l)).map((l) => ({ name: ATTRIBUTE_OF[l] ?? l }));

const ATTRIBUTE_OF: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(ATTRIBUTES).map((attribute) => [labelOf(attribute), attribute]),
);

const spanmetrics = (): Yaml => ({
  namespace: 'api.client',
  histogram: { unit: 's', explicit: { buckets: METRICS.duration.buckets.map((s) => `${s * 1000}ms`) } },
  exemplars: { enabled: true, max_per_data_point: 1 },
  // Of the four built in only service.name is a label of ours.
  exclude_dimensions: ['span.name', 'span.kind', 'status.code', 'collector.instance.id'],
  dimensions: dimensions(METRICS.duration.labels, ['service_name']),
  calls_dimensions: dimensions(METRICS.calls.labels, METRICS.duration.labels),
  resource_metrics_key_attributes: ['service.name'],
  aggregation_temporality: 'AGGREGATION_TEMPORALITY_CUMULATIVE',
  aggregation_cardinality_limit: 50_000,
  metrics_flush_interval: '${env:FLUSH_INTERVAL:-15s}',
  series_expiration: '1h',
});

/** Which part of the resource becomes labels: the service, of all but the certificate's series; the rest, of one metric only. */
const named = (metric: { name: string }): string => `metric.name == "${otelName(metric.name)}"`;
const RESOURCE_TO_LABELS: readonly (readonly [key: string, where: string])[] = [
  ['service.name', `not(${named(METRICS.tlsExpiry)})`],
  ['service.version', named(METRICS.serviceInfo)],
  ['deployment.environment.name', named(METRICS.serviceInfo)],
];

/** Counts. Prometheus scrapes :8889, or remote write carries the same series to Mimir, Thanos or VictoriaMetrics. */
export function gateway(): Yaml {
  const metricsOut = { processors: ['transform/labels', 'deltatocumulative'], exporters: ['prometheus'] };
  return {
    extensions: HEALTH,
    receivers: RECEIVERS,
    processors: {
      memory_limiter: MEMORY_LIMITER,
      // Server spans, clients of other protocols and libraries' spans around their attempts are traces but no attempts.
      'filter/calls': { error_mode: 'ignore', trace_conditions: [NO_ATTEMPT] },
      'transform/foreign': { error_mode: 'ignore', trace_statements: [fillForeign()] },
      'transform/ids': {
        error_mode: 'ignore',
        trace_statements: [
          {
            context: 'span',
            conditions: ['span.attributes["api.failure.layer"] != nil'],
            statements: [
              'set(span.attributes["request_id"], span.attributes["api.provider.request_id"])',
              'set(span.attributes["trace_id"], span.trace_id.string)',
            ],
          },
        ],
      },
      // The service is a label of every series; what else a resource says would split them.
      'transform/labels': {
        error_mode: 'ignore',
        metric_statements: [
          {
            context: 'datapoint',
            statements: [
              ...RESOURCE_TO_LABELS.map(
                ([key, where]) =>
                  `set(datapoint.attributes["${key}"], resource.attributes["${key}"]) where resource.attributes["${key}"] != nil and ${where}`,
              ),
              ...PHASES.map(
                (phase) =>
                  `set(datapoint.attributes["phase"], "${phase}") where metric.name == "${otelName(METRICS.phase.name)}.${phase}"`,
              ),
            ],
          },
          {
            context: 'metric',
            statements: [
              `set(metric.name, "${otelName(METRICS.phase.name)}") where IsMatch(metric.name, "^${otelName(METRICS.phase.name).replaceAll('.', '\\\\.')}\\\\.")`,
            ],
          },
          { context: 'resource', statements: ['keep_keys(resource.attributes, [])'] },
        ],
      },
      deltatocumulative: { max_stale: '1h', max_streams: 100_000 },
    },
    connectors: { spanmetrics: spanmetrics(), signal_to_metrics: { error_mode: 'ignore', spans: spanMetrics() } },
    exporters: {
      prometheus: {
        endpoint: '${env:METRICS_ENDPOINT:-127.0.0.1:8889}',
        enable_open_metrics: true,
        without_scope_info: true,
        metric_expiration: '1h',
      },
      prometheusremotewrite: {
        endpoint: '${env:REMOTE_WRITE_ENDPOINT:-http://127.0.0.1:9009/api/v1/push}',
        resource_to_telemetry_conversion: { enabled: false },
        external_labels: { gateway: '${env:HOSTNAME:-gateway}' },
      },
      'otlphttp/tempo': { endpoint: '${env:TEMPO_ENDPOINT:-http://127.0.0.1:4418}' },
    },
    service: {
      extensions: ['health_check'],
      telemetry: TELEMETRY,
      pipelines: {
        'traces/keep': { receivers: ['otlp'], processors: ['memory_limiter'], exporters: ['otlphttp/tempo'] },
        'traces/count': {
          receivers: ['otlp'],
          processors: ['memory_limiter', 'filter/calls', 'transform/foreign', 'transform/ids'],
          exporters: ['spanmetrics', 'signal_to_metrics'],
        },
        'metrics/calls': { receivers: ['spanmetrics'], ...metricsOut },
        'metrics/spans': { receivers: ['signal_to_metrics'], ...metricsOut },
      },
    },
  };
}

/** Overrides the gateway's way out: remote write in the place of the scrape. Used as a second `--config`. */
const remoteWrite = (): Yaml => ({
  service: {
    pipelines: {
      'metrics/calls': { exporters: ['prometheusremotewrite'] },
      'metrics/spans': { exporters: ['prometheusremotewrite'] },
    },
  },
});

const HEAD = '# Generated from src/contract/ by scripts/gen.ts; edit collector/otelcol/*.ts.\n';

/** The Collector's configuration files, by path from the repository root. */
export function generate(): Map<string, string> {
  const files = { agent: agent(), gateway: gateway(), 'remote-write': remoteWrite() };
  return new Map(
    Object.entries(files).map(([name, config]) => [
      `collector/otelcol/generated/${name}.yaml`,
      // Anchors for repeated parts would be right, and unreadable.
      HEAD + stringify(config, { lineWidth: 160, aliasDuplicateObjects: false }),
    ]),
  );
}
