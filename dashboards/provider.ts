import { METRICS } from '../src/contract/index.ts';
import { failingByService, failingShare, failingTable, failuresByCode, percentiles, phases } from './common.ts';
import { type DashboardSpec, type RowSpec, row } from './lib/dashboard.ts';
import { bars, type PanelSpec, stat, timeSeries } from './lib/panels.ts';
import { ALL, calls, ended, PAIR, perSecond, quantiles, SELECTED, series, shareBy, sum } from './lib/promql.ts';
import { falling, rising, SHARE } from './lib/style.ts';
import { table } from './lib/table.ts';

const DAY = 86_400;
const endpoint = ['http_request_method', 'url_template'] as const;
const remaining = series(METRICS.rateLimitRemaining.name, ALL);
/** The metric knows addresses only; which of them belong to the chosen providers, the calls know. */
const untilExpiry = `(min by (server_address) (${METRICS.tlsExpiry.name}) and on (server_address) ${calls(ALL, 'server_address')}) - time()`;

/** A counter's rate by service. */
const byService = (metric: string, title: string, description: string): PanelSpec =>
  timeSeries({
    title,
    description,
    empty: 'none',
    queries: { '{{service_name}}': perSecond(metric, ALL, 'service_name') },
  });

/** How fast it answers, how much room is left, and what could be spared. */
const DETAIL: readonly RowSpec[] = [
  row(
    8,
    timeSeries({
      title: 'Duration',
      description: 'Median, 95th and 99th percentile of all calls. A dot is a call: it leads to its trace.',
      unit: 's',
      queries: quantiles([0.5, 0.95, 0.99], METRICS.duration.name),
      exemplars: 'p95',
    }),
    phases,
    timeSeries({
      title: 'Rate limit left by service',
      description: 'Share of the rate limit that is left after the newest answer. Below the line, slow down.',
      unit: 'percentunit',
      empty: 'sends no limits',
      max: 1,
      steps: [
        [null, '#F2495C'],
        [0.1, 'transparent'],
      ],
      queries: { '{{service_name}} → {{api_provider_name}}': `min by (${PAIR.join(', ')}) (${remaining})` },
    }),
  ),
  row(
    7,
    percentiles(METRICS.firstChunk.name, {
      title: 'First chunk of streamed answers',
      description: 'Time from the start of the request to the first byte of a streamed answer.',
      empty: 'no streamed answers',
    }),
    percentiles(METRICS.longestGap.name, {
      title: 'Longest silence of streamed answers',
      description: 'The longest gap between two chunks of one streamed answer. Near a deadline it is about to be cut.',
      empty: 'no streamed answers',
    }),
    byService(
      METRICS.cancelled.name,
      'Calls cancelled by the caller',
      'Calls that the caller ended itself. They are no failures; a surge of them is a timeout nobody named.',
    ),
  ),
  row(
    7,
    timeSeries({
      title: 'Calls in flight',
      description: 'Calls that have not ended, by the phase they are in. A line that only rises is calls that hang.',
      unit: 'short',
      empty: 'no process reports them',
      queries: { '{{phase}}': sum(series(METRICS.inFlight.name, ALL), 'phase') },
    }),
    timeSeries({
      title: 'Oldest call in flight',
      description: 'Age of the oldest call that has not ended, by service.',
      unit: 's',
      empty: 'no process reports them',
      queries: { '{{service_name}}': `max by (service_name) (${series(METRICS.oldestInFlight.name, ALL)})` },
    }),
    percentiles(METRICS.retryAfter.name, {
      title: 'Retry-After',
      description: 'How long the provider asks to wait, median and 95th percentile.',
      empty: 'sends no Retry-After',
    }),
  ),
  row(
    7,
    byService(
      METRICS.repeatedReads.name,
      'Reads that could be cached',
      'Reads of a URL that the same process had read in the last 10 seconds: load that need not be.',
    ),
    bars({
      title: 'Certificates end in',
      description: 'Time until the certificate of each address of the chosen providers ends, soonest first.',
      unit: 's',
      decimals: 0,
      width: 16,
      empty: 'no new TLS connection seen',
      queries: { '{{server_address}}': `bottomk(8, ${untilExpiry})` },
      max: 90 * DAY,
      steps: falling(7 * DAY, 21 * DAY),
    }),
  ),
];

/** One provider across all services that call it: what it answers, how fast, how much room is left. */
export const provider: DashboardSpec = {
  key: 'provider',
  description: 'One API across all services that call it: codes, latency, throttling head-room, certificates.',
  rows: [
    row(
      4,
      failingShare({
        title: 'Failing calls',
        description: 'Share of the calls to the chosen providers that fail now.',
      }),
      stat({
        title: 'Callers failing',
        description:
          'Services of which more than 2 % of the calls to the provider fail, of all that call it: is it them or only us.',
        unit: 'percentunit',
        decimals: 0,
        empty: 'none',
        expr: `count((${shareBy(SELECTED, ended(ALL, 'service_name'), 'service_name')}) > 0.02)\n/\ncount(${calls(ALL, 'service_name')} > 0)`,
        steps: rising(0.01, 0.6),
      }),
      stat({
        title: 'Rate limit left',
        description: 'The smallest share of its rate limit that a service has left, from the provider’s own headers.',
        unit: 'percentunit',
        decimals: 0,
        empty: 'sends no limits',
        expr: `min(${remaining})`,
        steps: falling(0.1, 0.3),
      }),
    ),
    row(9, failuresByCode(14, 'table'), failingByService(SELECTED, ALL)),
    row(
      7,
      failingTable(14),
      table({
        title: 'Endpoints',
        description: 'Methods and URL templates of the chosen providers with the share of their calls that fails now.',
        sortBy: 'Failing now',
        exprs: [calls(ALL, ...endpoint), shareBy(SELECTED, calls(ALL, ...endpoint), ...endpoint)],
        columns: [
          { from: 'http_request_method', name: 'Method', width: 85 },
          { from: 'url_template', name: 'URL template' },
          { from: 'Value #A', name: 'Calls/s', unit: 'reqps', decimals: 2, width: 100 },
          { from: 'Value #B', name: 'Failing now', ...SHARE, paint: 'text', width: 105 },
        ],
      }),
    ),
    ...DETAIL,
  ],
};
