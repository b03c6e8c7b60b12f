import { METRICS, PHASES } from '../src/contract/index.ts';
import { bars } from './lib/bars.ts';
import type { RowSpec } from './lib/dashboard.ts';
import { ALL, PAIR } from './lib/failing.ts';
import { timeSeries } from './lib/panels.ts';
import { calls, quantile, series, sum } from './lib/promql.ts';
import { phaseOverrides } from './lib/style.ts';

const DAY = 86_400;
export const remaining = series(METRICS.rateLimitRemaining.name, ...ALL);
/** The metric knows addresses only; which of them belong to the chosen providers, the calls know. */
export const untilExpiry = `(min by (server_address) (${METRICS.tlsExpiry.name}) and on (server_address) ${calls(ALL, 'server_address')}) - time()`;

export const CERTIFICATE_STEPS: readonly [number | null, string][] = [
  [null, '#F2495C'],
  [7 * DAY, '#FF9830'],
  [21 * DAY, '#73BF69'],
];

/** How fast it answers, how much room is left, and what could be spared. */
export const DETAIL_ROWS: readonly RowSpec[] = [
  {
    height: 8,
    panels: [
      timeSeries({
        title: 'Duration',
        description: 'Median, 95th and 99th percentile of all calls. A dot is a call: it leads to its trace.',
        unit: 's',
        width: 8,
        scenario: 'healthy',
        empty: 'no calls',
        queries: [
          { expr: quantile(0.5, METRICS.duration.name, ALL), legend: 'p50' },
          { expr: quantile(0.95, METRICS.duration.name, ALL), legend: 'p95', exemplar: true },
          { expr: quantile(0.99, METRICS.duration.name, ALL), legend: 'p99' },
        ],
      }),
      timeSeries({
        title: 'p95 of each phase',
        description: `Where the time goes: ${PHASES.join(', ')}. A reused connection has none of the first three.`,
        unit: 's',
        width: 8,
        scenario: 'healthy',
        empty: 'no calls',
        queries: [{ expr: quantile(0.95, METRICS.phase.name, ALL, 'phase'), legend: '{{phase}}' }],
        overrides: phaseOverrides,
      }),
      timeSeries({
        title: 'Rate limit left by service',
        description: 'Share of the rate limit that is left after the newest answer. Below the line, slow down.',
        unit: 'percentunit',
        width: 8,
        scenario: 'rate_limited',
        empty: 'sends no limits',
        max: 1,
        steps: [
          [null, '#F2495C'],
          [0.1, 'transparent'],
        ],
        queries: [
          { expr: `min by (${PAIR.join(', ')}) (${remaining})`, legend: '{{service_name}} → {{api_provider_name}}' },
        ],
      }),
    ],
  },
  {
    height: 7,
    panels: [
      timeSeries({
        title: 'Retry-After',
        description: 'How long the provider asks to wait, median and 95th percentile.',
        unit: 's',
        width: 8,
        scenario: 'rate_limited',
        empty: 'sends no Retry-After',
        queries: [
          { expr: quantile(0.5, METRICS.retryAfter.name, ALL), legend: 'p50' },
          { expr: quantile(0.95, METRICS.retryAfter.name, ALL), legend: 'p95' },
        ],
      }),
      timeSeries({
        title: 'Reads that could be cached',
        description: 'Reads of a URL that the same process had read in the last 10 seconds: load that need not be.',
        unit: 'reqps',
        width: 8,
        scenario: 'rate_limited',
        empty: 'none',
        queries: [
          {
            expr: sum(`rate(${series(METRICS.repeatedReads.name, ...ALL)}[$__rate_interval])`, 'service_name'),
            legend: '{{service_name}}',
          },
        ],
      }),
      bars({
        title: 'Certificates end in',
        description: 'Time until the certificate of each address of the chosen providers ends, soonest first.',
        unit: 's',
        decimals: 0,
        width: 8,
        scenario: 'healthy',
        empty: 'no new TLS connection seen',
        queries: [{ expr: `bottomk(8, ${untilExpiry})`, legend: '{{server_address}}' }],
        max: 90 * DAY,
        steps: CERTIFICATE_STEPS,
      }),
    ],
  },
  {
    height: 7,
    panels: [
      timeSeries({
        title: 'Calls in flight',
        description: 'Calls that have not ended, by the phase they are in. A line that only rises is calls that hang.',
        unit: 'short',
        width: 6,
        scenario: 'healthy',
        empty: 'no process reports them',
        queries: [{ expr: sum(series(METRICS.inFlight.name, ...ALL), 'phase'), legend: '{{phase}}' }],
      }),
      timeSeries({
        title: 'Oldest call in flight',
        description:
          'Age of the oldest call that has not ended, by service. Above the deadline of the call there is none.',
        unit: 's',
        width: 6,
        scenario: 'healthy',
        empty: 'no process reports them',
        queries: [
          {
            expr: `max by (service_name) (${series(METRICS.oldestInFlight.name, ...ALL)})`,
            legend: '{{service_name}}',
          },
        ],
      }),
      timeSeries({
        title: 'First chunk of streamed answers',
        description:
          'Time from the start of the request to the first byte of a streamed answer, median and 95th percentile.',
        unit: 's',
        width: 6,
        scenario: 'retries',
        empty: 'no streamed answers',
        queries: [
          { expr: quantile(0.5, METRICS.firstChunk.name, ALL), legend: 'p50' },
          { expr: quantile(0.95, METRICS.firstChunk.name, ALL), legend: 'p95' },
        ],
      }),
      timeSeries({
        title: 'Calls cancelled by the caller',
        description:
          'Calls that the caller ended itself. They are no failures; a surge of them is a timeout nobody named.',
        unit: 'reqps',
        width: 6,
        scenario: 'retries',
        empty: 'none',
        queries: [
          {
            expr: sum(`rate(${series(METRICS.cancelled.name, ...ALL)}[$__rate_interval])`, 'service_name'),
            legend: '{{service_name}}',
          },
        ],
      }),
    ],
  },
];
