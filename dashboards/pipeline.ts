import { type DashboardSpec, row } from './lib/dashboard.ts';
import { bars, type PanelSpec, type Queries, stat, timeSeries } from './lib/panels.ts';
import { perSecond } from './lib/promql.ts';
import { COUNT, MOMENT, named, OK_COLOR, OWNER_COLOR, QUIET_COLOR, rising } from './lib/style.ts';
import { table } from './lib/table.ts';

const RED = OWNER_COLOR.provider;
/** Counters with labels exist from their first event on; until then, and only while a collector is there, they are zero. */
const rateOf = (series: string): string =>
  `(${perSecond(series, [])} or ${perSecond('faultlayer_spans_received_total', [])} * 0)`;
const refused = rateOf('faultlayer_spans_rejected_total');

/** What becomes of something, part on part, in these colours. */
const shares = (title: string, description: string, queries: Queries, colors = {}): PanelSpec =>
  timeSeries({
    title,
    description,
    unit: 'cps',
    empty: 'no collector',
    stacked: true,
    queries,
    overrides: named(colors),
  });

/** The telemetry's own way: what the collector receives, counts, refuses and forwards, and whether it has room. */
export const pipeline: DashboardSpec = {
  key: 'pipeline',
  description: 'The collector itself: what it receives, counts, refuses, forwards, and how much room it has left.',
  hideVariables: true,
  rows: [
    row(
      4,
      stat({
        title: 'Collectors',
        description: 'Collectors that are scraped now.',
        ...COUNT,
        empty: 'none: nothing is counted',
        expr: 'count(faultlayer_build_info)',
        steps: [[null, OK_COLOR]],
      }),
      stat({
        title: 'Refused per second',
        description:
          'Spans refused by partial success and whole requests answered with an error. Anything above zero is lost telemetry.',
        unit: 'cps',
        empty: '0',
        line: true,
        expr: `${refused} + ${rateOf('faultlayer_otlp_requests_total{code!~"2.."}')}`,
        steps: rising(0.001, 0.001),
      }),
      stat({
        title: 'Own faults in this time range',
        description: 'Errors of faultlayer’s own that it caught. The first of each kind is on stderr with its stack.',
        ...COUNT,
        empty: 'none',
        expr: 'sum(increase(faultlayer_faults_total[$__range])) or sum(faultlayer_build_info) * 0',
        steps: rising(1, 1),
      }),
      stat({
        title: 'Event loop delay, p99',
        description: 'How late the collector gets to its work. Above 100 ms it answers senders late.',
        unit: 's',
        empty: 'not reported',
        line: true,
        expr: 'max(nodejs_eventloop_lag_p99_seconds and on (instance) faultlayer_build_info)',
        steps: rising(0.1, 0.5),
      }),
    ),
    row(
      8,
      shares(
        'What becomes of the spans',
        'Counted as outbound calls, ignored because they are none, or refused.',
        {
          counted: rateOf('faultlayer_spans_counted_total'),
          ignored: rateOf('faultlayer_spans_ignored_total'),
          refused,
        },
        { counted: OK_COLOR, ignored: QUIET_COLOR, refused: RED },
      ),
      shares('OTLP requests by answer', 'Requests at the OTLP door by the status they were answered with.', {
        '{{code}}': perSecond('faultlayer_otlp_requests_total', [], 'code'),
      }),
    ),
    row(
      8,
      bars({
        title: 'Values past a label’s budget',
        description:
          'Values counted as __other__ in this time range, by label. The label that grows needs a pattern or a larger budget.',
        ...COUNT,
        empty: 'none',
        queries: { '{{label}}': 'topk(8, sum by (label) (increase(faultlayer_label_overflow_total[$__range])))' },
        steps: rising(1, Number.MAX_SAFE_INTEGER),
      }),
      shares(
        'Bodies sent on',
        'OTLP bodies for the next endpoint: taken by it, or given up because it refused, stayed away, or the queue was full. The metrics miss nothing of them.',
        {
          sent: rateOf('faultlayer_forward_bodies_total{outcome="sent"}'),
          'given up': rateOf('faultlayer_forward_bodies_total{outcome=~"dropped_.*"}'),
        },
        { sent: OK_COLOR, 'given up': RED },
      ),
    ),
    row(
      6,
      table({
        title: 'Services that report',
        description: 'Versions of each service with their environment, and when each made its first call.',
        empty: 'no service reports',
        sortBy: 'First call',
        exprs: [
          'max by (service_name, service_version, deployment_environment_name) (api_client_service_info)\n* on (service_name, service_version) group_left ()\nmin by (service_name, service_version) (api_client_service_version_first_seen_timestamp_seconds) * 1000',
        ],
        columns: [
          { from: 'service_name', name: 'Service' },
          { from: 'service_version', name: 'Version' },
          { from: 'deployment_environment_name', name: 'Environment' },
          { from: 'Value', name: 'First call', ...MOMENT, width: 170 },
        ],
      }),
    ),
  ],
};
