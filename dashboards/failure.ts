import { METRICS } from '../src/contract/index.ts';
import { CALLS_ROW, CAUSE_ROW, EVIDENCE_ROW, TRACES_ROW } from './failure-detail.ts';
import type { DashboardSpec } from './lib/dashboard.ts';
import { ALL, FAILURE, SELECTED, share, withLayerAs, withOwnerText } from './lib/failing.ts';
import { stat } from './lib/panels.ts';
import { calls, FAILING_RATIO, failingSince, failures, increase, ratio, series, sum } from './lib/promql.ts';
import {
  CHECK_MAPPING,
  LAYER_MAPPING,
  layerPrefixOverrides,
  NEUTRAL_STEPS,
  OWNER_MAPPING,
  ownerOverrides,
  RATIO_STEPS,
  STAGE_MAPPING,
} from './lib/style.ts';
import { table } from './lib/table.ts';

const KIND = [...FAILURE.slice(2), 'api_failure_reason', 'http_response_status_code'] as const;
const failed = series(METRICS.calls.name, ...SELECTED, 'api_failure_layer!=""');
const inRange = sum(increase(failed), ...KIND);
const shareByKind = ratio(failures(SELECTED, ...KIND), `scalar(${calls(ALL)})`);
const since = failingSince(share);

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
          query: {
            expr: `topk(1, ${failures(SELECTED, 'api_failure_layer', 'api_provider_code')} > 0)`,
            legend: '{{api_failure_layer}} {{api_provider_code}}',
          },
          steps: NEUTRAL_STEPS,
          overrides: layerPrefixOverrides,
        }),
        stat({
          title: 'Ask first',
          description: 'Who can mend it: it follows from the layer.',
          unit: 'reqps',
          width: 5,
          scenario: 'deploy_breaks_token',
          empty: 'nobody',
          show: 'name',
          query: {
            expr: `topk(1, sum by (owner) (${withOwnerText(failures(SELECTED, 'api_failure_layer'))}) > 0)`,
            legend: '{{owner}}',
          },
          steps: NEUTRAL_STEPS,
          overrides: ownerOverrides,
        }),
        stat({
          title: 'Share of calls',
          description:
            'Share of all calls of the chosen services to the chosen providers that end in the chosen failure.',
          unit: 'percentunit',
          decimals: 1,
          width: 4,
          scenario: 'deploy_breaks_token',
          empty: 'no calls',
          line: true,
          query: { expr: share },
          steps: RATIO_STEPS,
        }),
        stat({
          title: 'Since',
          description: `The newest moment at which at most ${FAILING_RATIO * 100} % of the calls failed; the start of the time range if there is none.`,
          unit: 'dateTimeAsIsoNoDateIfToday',
          width: 4,
          scenario: 'deploy_breaks_token',
          empty: 'not failing',
          query: { expr: `(${since}) * 1000` },
        }),
        stat({
          title: 'For',
          description: 'Time since then.',
          unit: 'dtdurations',
          decimals: 0,
          width: 3,
          scenario: 'deploy_breaks_token',
          empty: '–',
          query: { expr: `time() - (${since})` },
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
          scenario: 'deploy_breaks_token',
          empty: 'no failure of this selection in this time range',
          sortBy: 'Failures',
          exprs: [`${inRange} > 0`, `${shareByKind} > 0`].map((expr) => withLayerAs(expr, 'stage', 'owner', 'check')),
          columns: [
            { from: 'api_failure_layer', name: 'Layer', mapping: LAYER_MAPPING, paint: 'background', width: 105 },
            { from: 'http_response_status_code', name: 'Status', width: 75, empty: 'none' },
            { from: 'api_provider_code', name: 'Code', empty: 'none', width: 190 },
            { from: 'api_failure_reason', name: 'Reason', width: 200 },
            { from: 'stage', name: 'It ended', mapping: STAGE_MAPPING, width: 140 },
            { from: 'owner', name: 'Ask first', mapping: OWNER_MAPPING, paint: 'text', width: 215 },
            { from: 'check', name: 'First check', mapping: CHECK_MAPPING },
            { from: 'Value #A', name: 'Failures', unit: 'locale', decimals: 0, width: 90 },
            {
              from: 'Value #B',
              name: 'Share now',
              unit: 'percentunit',
              decimals: 1,
              paint: 'text',
              steps: RATIO_STEPS,
              width: 100,
              empty: 'over',
            },
          ],
        }),
      ],
    },
    CAUSE_ROW,
    CALLS_ROW,
    EVIDENCE_ROW,
    TRACES_ROW,
  ],
};
