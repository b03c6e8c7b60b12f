import { METRICS, type Stage } from '../src/contract/index.ts';
import { failingByService, failuresByCode, phases } from './common.ts';
import type { DashboardSpec, RowSpec } from './lib/dashboard.ts';
import { ALL, FAILURE, SELECTED, share, withLayerAs, withOwnerText } from './lib/failing.ts';
import { traceLink } from './lib/links.ts';
import { bars, stat, timeSeries } from './lib/panels.ts';
import {
  atStage,
  calls,
  chosen,
  FAILED,
  FAILING_RATIO,
  failingSince,
  failures,
  increase,
  quantile,
  rate,
  ratio,
  series,
  sum,
} from './lib/promql.ts';
import {
  CHECK_MAPPING,
  COUNT,
  LAYER_MAPPING,
  layerPrefixOverrides,
  MOMENT,
  NEUTRAL_STEPS,
  named,
  OK_COLOR,
  OWNER_MAPPING,
  ownerOverrides,
  RETRY_COLOR,
  SHARE,
  STAGE_COLOR,
  STAGE_MAPPING,
  STAGE_TEXT,
} from './lib/style.ts';
import { table } from './lib/table.ts';
import { failingTraces } from './lib/traces.ts';

const KIND = [...FAILURE.slice(2), 'api_failure_reason', 'http_response_status_code'] as const;
const calledAs = ['http_request_method', 'server_address', 'url_template'] as const;
const failed = series(METRICS.calls.name, ...SELECTED, FAILED);
const inRange = (...by: readonly string[]) => sum(increase(failed), ...by);
const NONE = { scenario: 'deploy_breaks_token', empty: 'no failure of this selection in this time range' } as const;

/** When it began, how far it reaches, and how the calls go. */
const CAUSES: readonly RowSpec[] = [
  {
    height: 8,
    panels: [
      failuresByCode(10, 'list'),
      bars({
        title: 'Where calls end',
        description: 'Chosen failures in this time range by stage: before it was sent, on the way, after the answer.',
        ...COUNT,
        width: 6,
        scenario: 'dns_failure',
        empty: 'nothing fails',
        queries: (Object.keys(STAGE_TEXT) as Stage[]).map((stage) => ({
          expr: `${sum(increase(series(METRICS.calls.name, ...SELECTED, atStage(stage))))} or vector(0)`,
          legend: STAGE_TEXT[stage],
        })),
        steps: NEUTRAL_STEPS,
        overrides: named(STAGE_COLOR),
      }),
      failingByService(8, [chosen('provider')], [chosen('provider')]),
    ],
  },
  {
    height: 8,
    panels: [
      timeSeries({
        title: 'Duration, failed and not',
        description:
          'p95 of the chosen failures’ layer next to that of calls that succeed. A dot is a call: it leads to its trace.',
        unit: 's',
        width: 8,
        scenario: 'deploy_breaks_token',
        queries: [
          {
            expr: quantile(0.95, METRICS.duration.name, [...ALL, chosen('layer'), FAILED]),
            legend: 'failed',
            exemplar: true,
          },
          { expr: quantile(0.95, METRICS.duration.name, [...ALL, 'api_failure_layer=""']), legend: 'succeeded' },
        ],
        overrides: named({ failed: '#F2495C', succeeded: OK_COLOR }),
      }),
      phases,
      timeSeries({
        title: 'Retries by kind',
        description:
          'Attempts after the first. Unsafe: a write repeated without an idempotency key. Early: before Retry-After was over. Pointless: unchanged after a 4xx.',
        unit: 'reqps',
        width: 8,
        scenario: 'retries',
        empty: 'no retries',
        stacked: true,
        queries: [
          { expr: sum(rate(series(METRICS.retries.name, ...ALL)), 'api_retry_kind'), legend: '{{api_retry_kind}}' },
        ],
        overrides: named(RETRY_COLOR),
      }),
    ],
  },
];

/** What to hand to the provider, and which calls are meant. */
const EVIDENCE: RowSpec = {
  height: 8,
  panels: [
    table({
      title: 'Newest failures with their request IDs',
      description: 'At most one a minute for each failure. The request ID is what the provider’s support asks for.',
      width: 14,
      ...NONE,
      sortBy: 'When',
      exprs: [
        `topk(50, max by (${[...FAILURE, 'request_id', 'trace_id'].join(', ')}) (max_over_time(${series(METRICS.lastFailure.name, ...SELECTED)}[$__range]))) * 1000`,
      ],
      columns: [
        { from: 'Value', name: 'When', ...MOMENT, width: 110 },
        { from: 'service_name', name: 'Service', width: 110 },
        { from: 'api_failure_layer', name: 'Layer', mapping: LAYER_MAPPING, paint: 'background', width: 95 },
        { from: 'api_provider_code', name: 'Code', empty: 'none', width: 150 },
        { from: 'request_id', name: 'Request ID', empty: 'no answer came' },
        { from: 'trace_id', name: 'Trace', links: [traceLink] },
      ],
    }),
    table({
      title: 'Calls that fail',
      description: 'Method, address and URL template of the chosen failures, with their share of those calls.',
      width: 10,
      ...NONE,
      sortBy: 'Failures',
      exprs: [
        `${inRange(...calledAs)} > 0`,
        ratio(inRange(...calledAs), sum(increase(series(METRICS.calls.name, ...ALL)), ...calledAs)),
      ],
      columns: [
        { from: 'http_request_method', name: 'Method', width: 80 },
        { from: 'server_address', name: 'Address' },
        { from: 'url_template', name: 'URL template' },
        { from: 'Value #A', name: 'Failures', ...COUNT, width: 85 },
        { from: 'Value #B', name: 'Share in range', ...SHARE, paint: 'text', width: 120 },
      ],
    }),
  ],
};

/** One service × provider × layer × code: what it is, since when, who is asked, what is checked first, which requests. */
export const failure: DashboardSpec = {
  key: 'failure',
  description:
    'One failure: layer, code, since when, who is asked first, timings, retries, request IDs and traces. Pages link here.',
  from: 'now-1h',
  traces: true,
  rows: [
    {
      height: 4,
      panels: [
        stat({
          title: 'What fails',
          description: 'The layer and the provider’s code with the most failures now, of those that are selected.',
          unit: 'reqps',
          width: 8,
          scenario: 'deploy_breaks_token',
          empty: 'nothing fails now',
          show: 'name',
          expr: `topk(1, ${failures(SELECTED, 'api_failure_layer', 'api_provider_code')} > 0)`,
          legend: '{{api_failure_layer}} {{api_provider_code}}',
          overrides: layerPrefixOverrides,
        }),
        stat({
          title: 'Ask first',
          description: 'Who can mend it: it follows from the layer.',
          unit: 'reqps',
          width: 6,
          scenario: 'deploy_breaks_token',
          empty: 'nobody',
          show: 'name',
          expr: `topk(1, sum by (owner) (${withOwnerText(failures(SELECTED, 'api_failure_layer'))}) > 0)`,
          legend: '{{owner}}',
          overrides: ownerOverrides,
        }),
        stat({
          title: 'Share of calls now',
          description:
            'Share of all calls of the chosen services to the chosen providers that end in the chosen failure.',
          ...SHARE,
          width: 5,
          scenario: 'deploy_breaks_token',
          line: true,
          expr: share,
        }),
        stat({
          title: 'Since',
          description: `The newest moment at which at most ${FAILING_RATIO * 100} % of the calls failed; the start of the time range if there is none.`,
          ...MOMENT,
          width: 5,
          scenario: 'deploy_breaks_token',
          empty: 'not failing',
          expr: `(${failingSince(share)}) * 1000`,
        }),
      ],
    },
    {
      height: 5,
      panels: [
        table({
          title: 'What it is and what to check first',
          description: 'Each kind of the chosen failure in this time range, the most frequent on top.',
          width: 24,
          ...NONE,
          sortBy: 'Failures',
          exprs: [`${inRange(...KIND)} > 0`, `${ratio(failures(SELECTED, ...KIND), `scalar(${calls(ALL)})`)} > 0`].map(
            (expr) => withLayerAs(expr, 'stage', 'owner', 'check'),
          ),
          columns: [
            { from: 'api_failure_layer', name: 'Layer', mapping: LAYER_MAPPING, paint: 'background', width: 105 },
            { from: 'http_response_status_code', name: 'Status', width: 75, empty: 'none' },
            { from: 'api_provider_code', name: 'Code', empty: 'none', width: 190 },
            { from: 'api_failure_reason', name: 'Reason', width: 200 },
            { from: 'stage', name: 'It ended', mapping: STAGE_MAPPING, width: 140 },
            { from: 'owner', name: 'Ask first', mapping: OWNER_MAPPING, paint: 'text', width: 215 },
            { from: 'check', name: 'First check', mapping: CHECK_MAPPING },
            { from: 'Value #A', name: 'Failures', ...COUNT, width: 90 },
            { from: 'Value #B', name: 'Share now', ...SHARE, paint: 'text', width: 100, empty: 'over' },
          ],
        }),
      ],
    },
    ...CAUSES,
    EVIDENCE,
    { height: 7, panels: [failingTraces] },
  ],
};
