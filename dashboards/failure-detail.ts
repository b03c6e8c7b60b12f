import { METRICS, PHASES, type Stage } from '../src/contract/index.ts';
import { bars } from './lib/bars.ts';
import type { RowSpec } from './lib/dashboard.ts';
import { ALL, FAILURE, SELECTED } from './lib/failing.ts';
import { traceLink } from './lib/links.ts';
import { timeSeries } from './lib/panels.ts';
import {
  atStage,
  calls,
  chosen,
  FAILED,
  failures,
  increase,
  quantile,
  rate,
  ratio,
  series,
  sum,
} from './lib/promql.ts';
import {
  fixed,
  LAYER_MAPPING,
  layerPrefixOverrides,
  NEUTRAL_STEPS,
  OK_COLOR,
  phaseOverrides,
  RATIO_STEPS,
  RETRY_COLOR,
  STAGE_COLOR,
  STAGE_TEXT,
} from './lib/style.ts';
import { table } from './lib/table.ts';
import { failingTraces } from './lib/traces.ts';

const named = (color: Readonly<Record<string, string>>) =>
  Object.entries(color).map(([name, c]) => ({ matcher: { id: 'byName', options: name }, properties: [fixed(c)] }));
const calledAs = ['http_request_method', 'server_address', 'url_template'] as const;
const selected = series(METRICS.calls.name, ...SELECTED, FAILED);

/** When it began and how far it reaches. */
export const CAUSE_ROW: RowSpec = {
  height: 8,
  panels: [
    timeSeries({
      title: 'Failures per second by layer and code',
      description: 'The chosen failures over time, next to the deploys of the service (marks).',
      unit: 'reqps',
      width: 10,
      scenario: 'deploy_breaks_token',
      empty: 'nothing fails',
      stacked: true,
      queries: [
        {
          expr: failures(SELECTED, 'api_failure_layer', 'api_provider_code'),
          legend: '{{api_failure_layer}} {{api_provider_code}}',
        },
      ],
      overrides: layerPrefixOverrides,
    }),
    bars({
      title: 'Where calls end',
      description: 'Chosen failures in this time range by stage: before it was sent, on the way, after the answer.',
      unit: 'locale',
      decimals: 0,
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
    timeSeries({
      title: 'All callers of the provider',
      description: 'Share of failing calls of every service that calls the chosen providers: is it them or only us.',
      unit: 'percentunit',
      width: 8,
      scenario: 'deploy_breaks_token',
      empty: 'no calls',
      max: 1,
      queries: [
        {
          expr: ratio(
            `(${failures([chosen('provider')], 'service_name')} or ${calls([chosen('provider')], 'service_name')} * 0)`,
            calls([chosen('provider')], 'service_name'),
          ),
          legend: '{{service_name}}',
        },
      ],
    }),
  ],
};

/** How the calls go: timings and repetitions. */
export const CALLS_ROW: RowSpec = {
  height: 8,
  panels: [
    timeSeries({
      title: 'Duration, failed and not',
      description:
        'p95 of the chosen failures’ layer next to that of calls that succeed. A dot is a call: it leads to its trace.',
      unit: 's',
      width: 8,
      scenario: 'deploy_breaks_token',
      empty: 'no calls',
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
    timeSeries({
      title: 'p95 of each phase',
      description: `${PHASES.join(', ')} of all calls of the selection: the phase that grows is where to look.`,
      unit: 's',
      width: 8,
      scenario: 'healthy',
      empty: 'no calls',
      queries: [{ expr: quantile(0.95, METRICS.phase.name, ALL, 'phase'), legend: '{{phase}}' }],
      overrides: phaseOverrides,
    }),
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
};

/** What to hand to the provider, and which calls are meant. */
export const EVIDENCE_ROW: RowSpec = {
  height: 8,
  panels: [
    table({
      title: 'Newest failures with their request IDs',
      description: 'At most one a minute for each failure. The request ID is what the provider’s support asks for.',
      width: 14,
      scenario: 'deploy_breaks_token',
      empty: 'no failure of this selection in this time range',
      sortBy: 'When',
      exprs: [
        `topk(50, max by (${[...FAILURE, 'request_id', 'trace_id'].join(', ')}) (max_over_time(${series(METRICS.lastFailure.name, ...SELECTED)}[$__range]))) * 1000`,
      ],
      columns: [
        { from: 'Value', name: 'When', unit: 'dateTimeAsIsoNoDateIfToday', width: 110 },
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
      scenario: 'deploy_breaks_token',
      empty: 'no failure of this selection in this time range',
      sortBy: 'Failures',
      exprs: [
        `${sum(increase(selected), ...calledAs)} > 0`,
        ratio(sum(increase(selected), ...calledAs), sum(increase(series(METRICS.calls.name, ...ALL)), ...calledAs)),
      ],
      columns: [
        { from: 'http_request_method', name: 'Method', width: 80 },
        { from: 'server_address', name: 'Address' },
        { from: 'url_template', name: 'URL template' },
        { from: 'Value #A', name: 'Failures', unit: 'locale', decimals: 0, width: 85 },
        {
          from: 'Value #B',
          name: 'Share',
          unit: 'percentunit',
          decimals: 1,
          paint: 'text',
          steps: RATIO_STEPS,
          width: 80,
        },
      ],
    }),
  ],
};

export const TRACES_ROW: RowSpec = { height: 7, panels: [failingTraces] };
