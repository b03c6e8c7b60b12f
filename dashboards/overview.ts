import type { Owner } from '../src/contract/index.ts';
import { failingTable } from './common.ts';
import type { DashboardSpec } from './lib/dashboard.ts';
import {
  ALL,
  deployedInRange,
  FAILURE,
  FAILURE_COLUMNS,
  failingNow,
  lastDeploy,
  PAIR,
  SELECTED,
  share,
  shareByFailure,
  withLayerAs,
} from './lib/failing.ts';
import { stat, timeSeries } from './lib/panels.ts';
import { calls, FAILING_RATIO, failures, ownedBy, ratio } from './lib/promql.ts';
import {
  COUNT,
  layerOverrides,
  layerPrefixOverrides,
  MOMENT,
  OWNER_MAPPING,
  OWNER_TEXT,
  ownerOverrides,
  rising,
  SHARE,
} from './lib/style.ts';
import { table } from './lib/table.ts';

const failing = `${failures(SELECTED, ...FAILURE)}\nand\n${failingNow}`;
const averageWhere = (comparison: string) =>
  `avg_over_time((\n${shareByFailure}\nand on (service_name) (${lastDeploy} ${comparison} time())\n)[$__range:$__interval])\nand on (service_name) (${deployedInRange})`;

/** All services and providers: how much fails, whose it is, which are the worst, and what the last deploy changed. */
export const overview: DashboardSpec = {
  key: 'overview',
  description: 'All outbound calls: how much fails, who is asked first, what is worst, and what changed with a deploy.',
  from: 'now-1h',
  traces: false,
  rows: [
    {
      height: 4,
      panels: [
        stat({
          title: 'Failing calls',
          description: 'Share of all outbound calls that fail now, at any layer. Cancelled calls count as neither.',
          ...SHARE,
          width: 6,
          line: true,
          expr: share,
        }),
        stat({
          title: 'What fails most',
          description: 'Layer and provider code with the most failures a second now, of what fails above 2 %.',
          unit: 'reqps',
          width: 8,
          scenario: 'deploy_breaks_token',
          empty: 'nothing above 2 %',
          show: 'name',
          expr: `topk(1, ${failing})`,
          legend: '{{api_failure_layer}} {{api_provider_code}} · {{service_name}} → {{api_provider_name}}',
          overrides: layerPrefixOverrides,
        }),
        stat({
          title: 'Services × providers failing',
          description: 'Pairs of a service and a provider of which more than 2 % of the calls fail.',
          ...COUNT,
          width: 5,
          scenario: 'outage',
          empty: '0',
          expr: `count((${ratio(failures(SELECTED, ...PAIR), calls(ALL, ...PAIR), ...PAIR)}) > ${FAILING_RATIO})`,
          steps: rising(1, 3),
        }),
        stat({
          title: 'Calls per second',
          description: 'All outbound calls, one per attempt.',
          unit: 'reqps',
          width: 5,
          line: true,
          expr: calls(ALL),
        }),
      ],
    },
    {
      height: 7,
      panels: [
        failingTable(
          24,
          [failing],
          [
            { from: 'owner', name: 'Ask first', mapping: OWNER_MAPPING, paint: 'text', width: 215 },
            { from: 'Value #C', name: 'Failures/s', unit: 'reqps', decimals: 2, width: 110 },
          ],
          (expr) => withLayerAs(expr, 'owner'),
        ),
      ],
    },
    {
      height: 8,
      panels: [
        timeSeries({
          title: 'Failing calls by who is asked first',
          description:
            'Share of all calls that fail, by the owner of the layer: our own code, the network, the provider, or our load on it.',
          unit: 'percentunit',
          width: 12,
          scenario: 'deploy_breaks_token',
          empty: 'nothing fails',
          stacked: true,
          queries: (Object.keys(OWNER_TEXT) as Owner[]).map((o) => ({
            expr: `(${calls([...SELECTED, ownedBy(o)])} or vector(0))\n/\n${calls(ALL)}`,
            legend: OWNER_TEXT[o],
          })),
          overrides: ownerOverrides,
        }),
        timeSeries({
          title: 'Failures per second by layer',
          description: 'Failed calls by the layer at which they ended, in the order in which a call is made.',
          unit: 'reqps',
          width: 12,
          scenario: 'deploy_breaks_token',
          empty: 'nothing fails',
          stacked: true,
          queries: [{ expr: failures(SELECTED, 'api_failure_layer'), legend: '{{api_failure_layer}}' }],
          overrides: layerOverrides,
        }),
      ],
    },
    {
      height: 8,
      panels: [
        table({
          title: 'What changed with the last deploy',
          description:
            'For services that first reported a version within the time range: the average share of failing calls before and after it, by layer and code.',
          width: 14,
          scenario: 'deploy',
          empty: 'no failure of a service that was deployed in this time range',
          sortBy: 'After',
          exprs: [
            averageWhere('<='),
            averageWhere('>'),
            `(${deployedInRange}) * on (service_name) group_right () (${failures(SELECTED, ...FAILURE)} * 0 + 1000)`,
          ],
          columns: [
            ...FAILURE_COLUMNS,
            { from: 'Value #B', name: 'Before', unit: 'percentunit', decimals: 1, empty: 'none', width: 90 },
            { from: 'Value #A', name: 'After', ...SHARE, paint: 'text', empty: 'none', width: 90 },
            { from: 'Value #C', name: 'Deployed', ...MOMENT, width: 170 },
          ],
        }),
        timeSeries({
          title: 'Calls per second by service',
          description: 'Traffic, to see whether failures follow it.',
          unit: 'reqps',
          width: 10,
          queries: [{ expr: calls(ALL, 'service_name'), legend: '{{service_name}}' }],
        }),
      ],
    },
  ],
};
