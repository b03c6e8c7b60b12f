/** A metric that faultlayer serves about itself. Its labels are few and none is chosen by a sender, but for `service_name` within its budget. */
export interface SelfMetric {
  /** With its unit, as Prometheus has it. */
  readonly name: `faultlayer_${string}`;
  /** Counter or gauge. */
  readonly type: 'counter' | 'gauge';
  /** One sentence on the page of metrics. */
  readonly help: string;
  /** Label names. */
  readonly labels: readonly string[];
}

const of =
  (type: SelfMetric['type']) =>
  (name: SelfMetric['name'], help: string, ...labels: readonly string[]): SelfMetric => ({ name, type, help, labels });
const [counter, gauge] = [of('counter'), of('gauge')];

/** What the collector says about itself, in the order of the page. */
export const SELF_METRICS = {
  buildInfo: gauge('faultlayer_build_info', 'Version of faultlayer; always 1.', 'version', 'node_version'),
  faults: counter(
    'faultlayer_faults_total',
    'Errors of faultlayer’s own that were caught, by place; the first of each kind is on stderr with its stack.',
    'place',
  ),
  requests: counter(
    'faultlayer_otlp_requests_total',
    'OTLP requests by HTTP status of the answer; gRPC answers count under the status that means the same.',
    'code',
  ),
  bytes: counter('faultlayer_otlp_received_bytes_total', 'Body bytes received over OTLP, before inflation.'),
  spans: counter('faultlayer_spans_received_total', 'Spans in accepted bodies.'),
  counted: counter('faultlayer_spans_counted_total', 'Spans counted as outbound calls.'),
  ignored: counter('faultlayer_spans_ignored_total', 'Accepted spans that are no outbound HTTP calls.'),
  rejected: counter('faultlayer_spans_rejected_total', 'Spans refused by partial success, by reason.', 'reason'),
  dropped: counter(
    'faultlayer_otlp_dropped_total',
    'Data points and log records received and dropped, by signal: the collector keeps none.',
    'signal',
  ),
  wrongProtocol: counter(
    'faultlayer_wrong_protocol_total',
    'Connections that spoke another protocol than their port’s, by what was spoken.',
    'spoken',
  ),
  connections: gauge('faultlayer_connections', 'Connections open, by door.', 'door'),
  connectionsClosed: counter(
    'faultlayer_connections_closed_total',
    'Idle connections closed to make room for new ones, by door.',
    'door',
  ),
  connectionsRefused: counter(
    'faultlayer_connections_refused_total',
    'Connections refused because all were busy, by door.',
    'door',
  ),
  failedDropped: counter(
    'faultlayer_failed_spans_dropped_total',
    'Failed spans counted, but not kept as evidence, for want of time.',
  ),
  labelOverflow: counter('faultlayer_label_overflow_total', 'Values counted as __other__, by label.', 'label'),
  seriesOverflow: counter(
    'faultlayer_series_overflow_total',
    'Calls counted under __other__ for want of series, by metric.',
    'metric',
  ),
  overflowBy: counter(
    'faultlayer_overflow_by_service_total',
    'Values and series counted under __other__, by the service that had more than its share; the first 50 services.',
    'service_name',
  ),
  durationsRefused: counter(
    'faultlayer_durations_refused_total',
    'Calls counted without a duration, by reason.',
    'reason',
  ),
  evicted: counter('faultlayer_series_evicted_total', 'Series dropped because they had been idle.', 'reason'),
  series: gauge('faultlayer_series', 'Label sets held.'),
  scrapes: counter('faultlayer_scrapes_total', 'Renderings of /metrics.'),
  scrapeSeconds: counter('faultlayer_scrape_render_seconds_total', 'Time spent rendering /metrics.'),
  forwarded: counter('faultlayer_forward_bodies_total', 'Bodies for the next endpoint, by outcome.', 'outcome'),
  forwardBytes: gauge('faultlayer_forward_queue_bytes', 'Bytes waiting for the next endpoint.'),
  evidenceFailures: gauge('faultlayer_evidence_failures', 'Failures kept for the pages.'),
  evidenceBytes: gauge('faultlayer_evidence_bytes', 'Bytes of the failures kept, as JSON.'),
  evidenceWriteFailures: counter(
    'faultlayer_evidence_write_failures_total',
    'Tries to write evidence to FAULTLAYER_EVIDENCE_FILE that failed; what was to be written is kept and tried again.',
  ),
  evidenceWaiting: gauge(
    'faultlayer_evidence_waiting_changes',
    'Changes of evidence that wait to be written to FAULTLAYER_EVIDENCE_FILE.',
  ),
};

/** Key of that table. */
export type SelfMetricKey = keyof typeof SELF_METRICS;
