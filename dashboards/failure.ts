import { METRICS, type Owner, type Stage } from '../src/contract/index.ts';
import { failingByService, failingShare, failuresByCode, phases } from './common.ts';
import { type DashboardSpec, type RowSpec, row } from './lib/dashboard.ts';
import { traceLink } from './lib/links.ts';
import { bars, stat, timeSeries } from './lib/panels.ts';
import * as promql from './lib/promql.ts';
import * as style from './lib/style.ts';
import { table } from './lib/table.ts';
import { failingTraces } from './lib/traces.ts';

const { ALL, callsInRange, FAILED, FAILING_RATIO, FAILURE, failures, quantile, SELECTED } = promql;

const KIND = [...FAILURE.slice(2), 'api_failure_reason', 'http_response_status_code'] as const;
const calledAs = ['http_request_method', 'server_address', 'url_template'] as const;
const inRange = (...by: readonly string[]) => callsInRange([...SELECTED, FAILED], ...by);
const NONE = { empty: 'no failure of this selection in this time range' };

/** The owner in words, as a label. */
const withOwnerText = (expr: string): string =>
  (Object.keys(style.OWNER_TEXT) as Owner[]).reduce((inner, owner) => {
    const layers = promql.layersOf((l) => l.owner === owner);
    return `label_replace(${inner}, "owner", "${style.OWNER_TEXT[owner]}", "api_failure_layer", "${layers}")`;
  }, expr);

/** When it began, how far it reaches, and how the calls go. */
const CAUSES: readonly RowSpec[] = [
  row(
    8,
    failuresByCode(10, 'list'),
    bars({
      title: 'Where calls end',
      description: 'Chosen failures in this time range by stage: before it was sent, on the way, after the answer.',
      ...style.COUNT,
      width: 6,
      empty: 'nothing fails',
      queries: Object.fromEntries(
        (Object.keys(style.STAGE_TEXT) as Stage[]).map((stage) => [
          style.STAGE_TEXT[stage],
          `${callsInRange([...SELECTED, `api_failure_layer=~"${promql.layersOf((l) => l.stage === stage)}"`])} or vector(0)`,
        ]),
      ),
      steps: style.NEUTRAL_STEPS,
      overrides: style.named(style.STAGE_COLOR),
    }),
    failingByService([promql.chosen('provider')], [promql.chosen('provider')]),
  ),
  row(
    8,
    timeSeries({
      title: 'Duration, failed and not',
      description:
        'p95 of the chosen failures’ layer next to that of calls that succeed. A dot is a call: it leads to its trace.',
      unit: 's',
      width: 8,
      queries: {
        failed: quantile(0.95, METRICS.duration.name, [...ALL, promql.chosen('layer'), FAILED]),
        succeeded: quantile(0.95, METRICS.duration.name, [...ALL, 'api_failure_layer=""']),
      },
      exemplars: 'failed',
      overrides: style.named({ failed: '#F2495C', succeeded: style.OK_COLOR }),
    }),
    phases,
    timeSeries({
      title: 'Retries by kind',
      description:
        'Attempts after the first. Unsafe: a write repeated without an idempotency key. Early: before Retry-After was over. Pointless: unchanged after a 4xx.',
      width: 8,
      empty: 'no retries',
      stacked: true,
      queries: { '{{api_retry_kind}}': promql.perSecond(METRICS.retries.name, ALL, 'api_retry_kind') },
      overrides: style.named(style.RETRY_COLOR),
    }),
  ),
];

/** What to hand to the provider, and which calls are meant. */
const EVIDENCE: RowSpec = row(
  8,
  table({
    title: 'Newest failures with their request IDs',
    description: 'At most one a minute for each failure. The request ID is what the provider’s support asks for.',
    width: 14,
    ...NONE,
    sortBy: 'When',
    exprs: [
      `topk(50, max by (${[...FAILURE, 'request_id', 'trace_id'].join(', ')}) (max_over_time(${promql.series(METRICS.lastFailure.name, SELECTED)}[$__range]))) * 1000`,
    ],
    columns: [
      { from: 'Value', name: 'When', ...style.MOMENT, width: 110 },
      { from: 'service_name', name: 'Service', width: 110 },
      { from: 'api_failure_layer', name: 'Layer', mapping: style.LAYER_MAPPING, paint: 'background', width: 95 },
      { from: 'api_provider_code', name: 'Code', empty: 'none', width: 150 },
      { from: 'request_id', name: 'Request ID', empty: 'no answer came' },
      { from: 'trace_id', name: 'Trace', links: [traceLink] },
    ],
  }),
  table({
    title: 'Calls that fail',
    description: 'Method, address and URL template of the chosen failures, with their share of those calls.',
    ...NONE,
    sortBy: 'Failures',
    exprs: [`${inRange(...calledAs)} > 0`, promql.ratio(inRange(...calledAs), callsInRange(ALL, ...calledAs))],
    columns: [
      { from: 'http_request_method', name: 'Method', width: 80 },
      { from: 'server_address', name: 'Address' },
      { from: 'url_template', name: 'URL template' },
      { from: 'Value #A', name: 'Failures', ...style.COUNT, width: 85 },
      { from: 'Value #B', name: 'Share in range', ...style.SHARE, paint: 'text', width: 120 },
    ],
  }),
);

/** One service × provider × layer × code: what it is, since when, who is asked, what is checked first, which requests. */
export const failure: DashboardSpec = {
  key: 'failure',
  description:
    'One failure: layer, code, since when, who is asked first, timings, retries, request IDs and traces. Pages link here.',
  traces: true,
  rows: [
    row(
      4,
      stat({
        title: 'What fails',
        description: 'The layer and the provider’s code with the most failures now, of those that are selected.',
        width: 8,
        empty: 'nothing fails now',
        show: 'name',
        expr: `topk(1, ${failures(SELECTED, 'api_failure_layer', 'api_provider_code')} > 0)`,
        legend: '{{api_failure_layer}} {{api_provider_code}}',
        overrides: style.layerPrefixOverrides(style.behindText),
      }),
      stat({
        title: 'Ask first',
        description: 'Who can mend it: it follows from the layer.',
        width: 6,
        empty: 'nobody',
        show: 'name',
        expr: `topk(1, sum by (owner) (${withOwnerText(failures(SELECTED, 'api_failure_layer'))}) > 0)`,
        legend: '{{owner}}',
        overrides: style.ownerOverrides(style.behindText),
      }),
      failingShare({
        title: 'Share of calls now',
        description:
          'Share of all calls of the chosen services to the chosen providers that end in the chosen failure.',
        width: 5,
      }),
      stat({
        title: 'Since',
        description: `The newest moment at which at most ${FAILING_RATIO * 100} % of the calls failed; the start of the time range if there is none.`,
        ...style.MOMENT,
        width: 5,
        empty: 'not failing',
        expr: `(${promql.failingSince(promql.share)}) * 1000`,
      }),
    ),
    row(
      5,
      table({
        title: 'What it is and what to check first',
        description: 'Each kind of the chosen failure in this time range, the most frequent on top.',
        ...NONE,
        sortBy: 'Failures',
        exprs: [
          `${inRange(...KIND)} > 0`,
          `${promql.ratio(failures(SELECTED, ...KIND), `scalar(${promql.ended(ALL)})`)} > 0`,
        ].map((expr) => promql.withLayerAs(expr, 'stage', 'owner', 'check')),
        columns: [
          { from: 'api_failure_layer', name: 'Layer', mapping: style.LAYER_MAPPING, paint: 'background', width: 105 },
          { from: 'http_response_status_code', name: 'Status', width: 75, empty: 'none' },
          { from: 'api_provider_code', name: 'Code', empty: 'none', width: 190 },
          { from: 'api_failure_reason', name: 'Reason', width: 200 },
          { from: 'stage', name: 'It ended', mapping: style.STAGE_MAPPING, width: 140 },
          { from: 'owner', name: 'Ask first', mapping: style.OWNER_MAPPING, paint: 'text', width: 215 },
          { from: 'check', name: 'First check', mapping: style.CHECK_MAPPING },
          { from: 'Value #A', name: 'Failures', ...style.COUNT, width: 90 },
          { from: 'Value #B', name: 'Share now', ...style.SHARE, paint: 'text', width: 100, empty: 'over' },
        ],
      }),
    ),
    ...CAUSES,
    EVIDENCE,
    row(7, failingTraces),
  ],
};
