import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { type Aggregator, COLUMNS } from '../src/aggregate/index.ts';
import { labelOf, METRICS, type MetricKey } from '../src/contract/index.ts';
import { VERSION } from '../src/version.ts';

/** Default metrics whose names `promtool check metrics` objects to. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
  'nodejs_eventloop_utilization_histogram',
  'nodejs_eventloop_utilization_summary',
];

/** What the collector says about itself. Labels are ours and few; nothing a sender chose becomes one. */
export function selfMetrics(aggregator: Aggregator) {
  const registers = [new Registry()];
  const counter = <L extends string>(name: string, help: string, labelNames: L[] = []): Counter<L> =>
    new Counter({ name, help, labelNames, registers });
  const read = (name: string, help: string, label: string, values: () => Iterable<[string, number]>): void => {
    new Counter({
      name,
      help,
      labelNames: [label],
      registers,
      collect() {
        this.reset();
        for (const [key, value] of values()) this.inc({ [label]: key }, value);
      },
    });
  };
  const gauge = (name: string, help: string, value: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  };
  collectDefaultMetrics({ register: registers[0]! });
  for (const name of MISNAMED) registers[0]!.removeSingleMetric(name);
  new Gauge({
    name: 'faultlayer_build_info',
    help: 'Version of faultlayer; always 1.',
    labelNames: ['version', 'node_version'],
    registers,
  }).set({ version: VERSION, node_version: process.version }, 1);
  read('faultlayer_label_overflow_total', 'Values counted as __other__, by label.', 'label', () =>
    aggregator.dictionaries.map((d, i) => [labelOf(COLUMNS[i]!.attribute), d.overflowed]),
  );
  read(
    'faultlayer_series_overflow_total',
    'Calls counted under __other__ for want of series, by metric.',
    'metric',
    () => (Object.keys(METRICS) as MetricKey[]).map((key) => [METRICS[key].name, aggregator.links.overflowed[key]]),
  );
  read('faultlayer_durations_refused_total', 'Calls counted without a duration, by reason.', 'reason', () =>
    Object.entries(aggregator.refusedDurations),
  );
  read('faultlayer_series_evicted_total', 'Series dropped because they had been idle.', 'reason', () => [
    ['idle', aggregator.evicted],
  ]);
  gauge('faultlayer_series', 'Label sets held.', () => aggregator.all().reduce((sum, f) => sum + f.size, 0));
  return {
    register: registers[0]!,
    requests: counter('faultlayer_otlp_requests_total', 'Requests at the OTLP door, by HTTP status of the answer.', [
      'code',
    ]),
    bytes: counter('faultlayer_otlp_received_bytes_total', 'Body bytes received at the OTLP door, before inflation.'),
    spans: counter('faultlayer_spans_received_total', 'Spans in accepted bodies.'),
    counted: counter('faultlayer_spans_counted_total', 'Spans counted as outbound calls.'),
    ignored: counter('faultlayer_spans_ignored_total', 'Accepted spans that are no outbound HTTP calls.'),
    rejected: counter('faultlayer_spans_rejected_total', 'Spans refused by partial success, by reason.', ['reason']),
    failedDropped: counter(
      'faultlayer_failed_spans_dropped_total',
      'Failed spans counted, but not kept as evidence, for want of time.',
    ),
    scrapeSeconds: counter('faultlayer_scrape_render_seconds_total', 'Time spent rendering /metrics.'),
    scrapes: counter('faultlayer_scrapes_total', 'Renderings of /metrics.'),
    forwarded: counter('faultlayer_forward_bodies_total', 'Bodies for the next endpoint, by outcome.', ['outcome']),
    forwardBytes: new Gauge({
      name: 'faultlayer_forward_queue_bytes',
      help: 'Bytes waiting for the next endpoint.',
      registers,
    }),
  };
}

export type SelfMetrics = ReturnType<typeof selfMetrics>;
