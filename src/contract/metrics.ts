import { labelOf } from './attributes.ts';

/** Type as in Prometheus. */
export type MetricType = 'counter' | 'gauge' | 'histogram';
/** One metric about outbound calls. */
export interface Metric {
  /** With its unit, as Prometheus has it: `_seconds`, `_bytes`, `_total`. */
  readonly name: string;
  /** Counter, gauge or histogram. */
  readonly type: MetricType;
  /** One sentence on the page of metrics. */
  readonly help: string;
  /** Label names, in the order they are written in. */
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, in the unit of its name. */
  readonly buckets?: readonly number[];
  /** Whether a trace ID stands beside its values. */
  readonly exemplars?: boolean;
}

/**
 * OpenTelemetry semantic conventions, `http.client.request.duration` advisory boundaries, in seconds; and past them, because answers of language
 * models take longer.
 */
export const DURATION_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
] as const;
/** Seconds a provider asked to wait: from one second to a day. */
export const RETRY_AFTER_BUCKETS = [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 3600, 86400] as const;

/** The phases of one call, in order; each is `api.timing.<phase>` on the span and a value of the `phase` label. */
export const PHASES = ['queue', 'dns', 'tcp', 'tls', 'wait', 'body'] as const;

const labels = (...attributes: string[]): string[] => attributes.map(labelOf);
/** Of a service and a provider. */
const pair = (...more: string[]): string[] => labels('service.name', 'api.provider.name', ...more);
const of =
  (type: MetricType) =>
  (name: string, help: string, labels: readonly string[]): Metric => ({ name, type, help, labels });
const [counter, gauge] = [of('counter'), of('gauge')];
const histogram = (
  name: string,
  help: string,
  labels: readonly string[],
  buckets: readonly number[] = DURATION_BUCKETS,
) => ({
  ...of('histogram')(name, help, labels),
  buckets,
});

/** Every metric about outbound calls, once. */
export const METRICS = {
  calls: counter(
    'api_client_calls_total',
    'Outbound HTTP calls, one per attempt.',
    pair(
      'server.address',
      'http.request.method',
      'url.template',
      'api.status.class',
      'http.response.status_code',
      'api.failure.layer',
      'api.failure.reason',
      'api.provider.code',
    ),
  ),
  duration: {
    ...histogram(
      'api_client_duration_seconds',
      'Duration of outbound HTTP calls in seconds.',
      pair('http.request.method', 'api.status.class', 'api.failure.layer'),
    ),
    exemplars: true,
  },
  semconv: histogram(
    'http_client_request_duration_seconds',
    'Duration of HTTP client requests.',
    labels('service.name', 'http.request.method', 'server.address', 'http.response.status_code', 'error.type'),
    DURATION_BUCKETS.filter((seconds) => seconds <= 10),
  ),
  phase: histogram(
    'api_client_phase_duration_seconds',
    'Duration of one phase of outbound HTTP calls in seconds.',
    pair('phase'),
  ),
  retries: counter(
    'api_client_retries_total',
    'Attempts after the first, by kind: safe, unsafe, early, pointless or paid.',
    pair('api.retry.kind'),
  ),
  repeatedReads: counter(
    'api_client_repeated_reads_total',
    'Reads of a URL that the same process had read in the last 10 seconds.',
    pair(),
  ),
  retryAfter: histogram(
    'api_client_retry_after_seconds',
    'Delay providers asked for, in seconds.',
    pair(),
    RETRY_AFTER_BUCKETS,
  ),
  rateLimitRemaining: gauge(
    'api_client_rate_limit_remaining_ratio',
    'Share of the provider’s rate limit that is left, 0 to 1, newest value.',
    pair(),
  ),
  tlsExpiry: gauge(
    'api_client_tls_certificate_expiry_timestamp_seconds',
    'Unix time at which the server certificate ends.',
    labels('server.address'),
  ),
  deprecation: gauge(
    'api_client_deprecation_timestamp_seconds',
    'Unix time since which the provider says that an endpoint is deprecated (RFC 9745); 0 where it does not say since when.',
    pair('http.request.method', 'url.template'),
  ),
  sunset: gauge(
    'api_client_sunset_timestamp_seconds',
    'Unix time at which the provider says that an endpoint will be switched off (RFC 8594).',
    pair('http.request.method', 'url.template'),
  ),
  clockOffset: gauge(
    'api_client_clock_offset_seconds',
    'The providers’ Date headers minus the own clock in seconds, newest value: positive when the provider is ahead.',
    labels('service.name'),
  ),
  serviceInfo: gauge(
    'api_client_service_info',
    'Services that make calls, with version and environment; always 1.',
    labels('service.name', 'service.version', 'deployment.environment.name'),
  ),
  versionFirstSeen: gauge(
    'api_client_service_version_first_seen_timestamp_seconds',
    'Unix time at which a service version made its first call.',
    labels('service.name', 'service.version'),
  ),
  pending: counter(
    'api_client_pending_total',
    'Calls that had not ended when their process ended or froze, by the phase they were in; not in the calls counted.',
    pair('phase'),
  ),
  cancelled: counter(
    'api_client_cancelled_total',
    'Calls that the caller itself ended; in the calls counted with an empty layer.',
    pair(),
  ),
  websocketEnds: counter(
    'api_client_websocket_ends_total',
    'WebSockets that ended abnormally after their handshake; counted in no call.',
    pair(),
  ),
  firstChunk: histogram(
    'api_client_first_chunk_seconds',
    'Time from the request’s start to the first byte of a streamed answer’s body, in seconds.',
    pair(),
  ),
  longestGap: histogram(
    'api_client_longest_gap_seconds',
    'Longest silence between two chunks of a streamed answer’s body, in seconds.',
    pair(),
  ),
  inFlight: gauge('api_client_in_flight', 'Calls that have not ended, over all instances that report.', pair('phase')),
  oldestInFlight: gauge(
    'api_client_oldest_in_flight_seconds',
    'Age of the oldest call that has not ended, in seconds.',
    pair('phase'),
  ),
  lastFailure: gauge(
    'api_client_last_failure_timestamp_seconds',
    'Unix time of the newest failure, with its request and trace ID; one live series per service, provider, layer and code.',
    pair('api.failure.layer', 'api.provider.code', 'request_id', 'trace_id'),
  ),
};

/** Key of that table. */
export type MetricKey = keyof typeof METRICS;

/** The label value past a budget. */
export const OVERFLOW = '__other__';
