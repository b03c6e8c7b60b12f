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

/** What the collector says about itself, in the order of the page. */
export const SELF_METRICS = {
  buildInfo: {
    name: 'faultlayer_build_info',
    type: 'gauge',
    help: 'Version of faultlayer; always 1.',
    labels: ['version', 'node_version'],
  },
  faults: {
    name: 'faultlayer_faults_total',
    type: 'counter',
    help: 'Errors of faultlayer’s own that were caught, by place; the first of each kind is on stderr with its stack.',
    labels: ['place'],
  },
  requests: {
    name: 'faultlayer_otlp_requests_total',
    type: 'counter',
    help: 'OTLP requests by HTTP status of the answer; gRPC answers count under the status that means the same.',
    labels: ['code'],
  },
  bytes: {
    name: 'faultlayer_otlp_received_bytes_total',
    type: 'counter',
    help: 'Body bytes received over OTLP, before inflation.',
    labels: [],
  },
  spans: {
    name: 'faultlayer_spans_received_total',
    type: 'counter',
    help: 'Spans in accepted bodies.',
    labels: [],
  },
  counted: {
    name: 'faultlayer_spans_counted_total',
    type: 'counter',
    help: 'Spans counted as outbound calls.',
    labels: [],
  },
  ignored: {
    name: 'faultlayer_spans_ignored_total',
    type: 'counter',
    help: 'Accepted spans that are no outbound HTTP calls.',
    labels: [],
  },
  rejected: {
    name: 'faultlayer_spans_rejected_total',
    type: 'counter',
    help: 'Spans refused by partial success, by reason.',
    labels: ['reason'],
  },
  dropped: {
    name: 'faultlayer_otlp_dropped_total',
    type: 'counter',
    help: 'Data points and log records received and dropped, by signal: the collector keeps none.',
    labels: ['signal'],
  },
  wrongProtocol: {
    name: 'faultlayer_wrong_protocol_total',
    type: 'counter',
    help: 'Connections that spoke another protocol than their port’s, by what was spoken.',
    labels: ['spoken'],
  },
  connections: {
    name: 'faultlayer_connections',
    type: 'gauge',
    help: 'Connections open, by door.',
    labels: ['door'],
  },
  connectionsClosed: {
    name: 'faultlayer_connections_closed_total',
    type: 'counter',
    help: 'Idle connections closed to make room for new ones, by door.',
    labels: ['door'],
  },
  connectionsRefused: {
    name: 'faultlayer_connections_refused_total',
    type: 'counter',
    help: 'Connections refused because all were busy, by door.',
    labels: ['door'],
  },
  failedDropped: {
    name: 'faultlayer_failed_spans_dropped_total',
    type: 'counter',
    help: 'Failed spans counted, but not kept as evidence, for want of time.',
    labels: [],
  },
  labelOverflow: {
    name: 'faultlayer_label_overflow_total',
    type: 'counter',
    help: 'Values counted as __other__, by label.',
    labels: ['label'],
  },
  seriesOverflow: {
    name: 'faultlayer_series_overflow_total',
    type: 'counter',
    help: 'Calls counted under __other__ for want of series, by metric.',
    labels: ['metric'],
  },
  overflowBy: {
    name: 'faultlayer_overflow_by_service_total',
    type: 'counter',
    help: 'Values and series counted under __other__, by the service that had more than its share; the first 50 services.',
    labels: ['service_name'],
  },
  durationsRefused: {
    name: 'faultlayer_durations_refused_total',
    type: 'counter',
    help: 'Calls counted without a duration, by reason.',
    labels: ['reason'],
  },
  evicted: {
    name: 'faultlayer_series_evicted_total',
    type: 'counter',
    help: 'Series dropped because they had been idle.',
    labels: ['reason'],
  },
  series: { name: 'faultlayer_series', type: 'gauge', help: 'Label sets held.', labels: [] },
  scrapes: { name: 'faultlayer_scrapes_total', type: 'counter', help: 'Renderings of /metrics.', labels: [] },
  scrapeSeconds: {
    name: 'faultlayer_scrape_render_seconds_total',
    type: 'counter',
    help: 'Time spent rendering /metrics.',
    labels: [],
  },
  forwarded: {
    name: 'faultlayer_forward_bodies_total',
    type: 'counter',
    help: 'Bodies for the next endpoint, by outcome.',
    labels: ['outcome'],
  },
  forwardBytes: {
    name: 'faultlayer_forward_queue_bytes',
    type: 'gauge',
    help: 'Bytes waiting for the next endpoint.',
    labels: [],
  },
  evidenceFailures: {
    name: 'faultlayer_evidence_failures',
    type: 'gauge',
    help: 'Failures kept for the pages.',
    labels: [],
  },
  evidenceBytes: {
    name: 'faultlayer_evidence_bytes',
    type: 'gauge',
    help: 'Bytes of the failures kept, as JSON.',
    labels: [],
  },
  evidenceWriteFailures: {
    name: 'faultlayer_evidence_write_failures_total',
    type: 'counter',
    help: 'Tries to write evidence to FAULTLAYER_EVIDENCE_FILE that failed; what was to be written is kept and tried again.',
    labels: [],
  },
  evidenceWaiting: {
    name: 'faultlayer_evidence_waiting_changes',
    type: 'gauge',
    help: 'Changes of evidence that wait to be written to FAULTLAYER_EVIDENCE_FILE.',
    labels: [],
  },
} as const satisfies Record<string, SelfMetric>;

/** Key of that table. */
export type SelfMetricKey = keyof typeof SELF_METRICS;
