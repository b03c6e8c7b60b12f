import { METRICS, type Owner } from '../src/contract/index.ts';
import { FAILURE_COLUMNS, failingShare, failingTable } from './common.ts';
import { type DashboardSpec, row } from './lib/dashboard.ts';
import { stat, timeSeries } from './lib/panels.ts';
import * as promql from './lib/promql.ts';
import * as style from './lib/style.ts';
import { table } from './lib/table.ts';

const { ALL, calls, FAILING_RATIO, FAILURE, failures, PAIR, SELECTED } = promql;
/** The newest deploy of each service, as it is known at the end of the time range. */
const lastDeploy = `max by (service_name) (${promql.series(METRICS.versionFirstSeen.name, [promql.chosen('service_name')])} @ end())`;
/** Whether a service was deployed within the time range. */
const deployedInRange = `${lastDeploy} > time() - $__range_s`;

const failing = `${failures(SELECTED, ...FAILURE)}\nand\n${promql.failingNow}`;
const averageWhere = (comparison: string) =>
  `avg_over_time((\n${promql.shareByFailure}\nand on (service_name) (${lastDeploy} ${comparison} time())\n)[$__range:$__interval])\nand on (service_name) (${deployedInRange})`;

/** All services and providers: how much fails, whose it is, which are the worst, and what the last deploy changed. */
export const overview: DashboardSpec = {
  key: 'overview',
  description: 'All outbound calls: how much fails, who is asked first, what is worst, and what changed with a deploy.',
  rows: [
    row(
      4,
      failingShare({
        title: 'Failing calls',
        description: 'Share of all outbound calls that fail now, at any layer. Cancelled calls count as neither.',
        width: 6,
      }),
      stat({
        title: 'What fails most',
        description: 'Layer and provider code with the most failures a second now, of what fails above 2 %.',
        width: 8,
        empty: 'nothing above 2 %',
        show: 'name',
        expr: `topk(1, ${failing})`,
        legend: '{{api_failure_layer}} {{api_provider_code}} · {{service_name}} → {{api_provider_name}}',
        overrides: style.layerPrefixOverrides(style.behindText),
      }),
      stat({
        title: 'Services × providers failing',
        description: 'Pairs of a service and a provider of which more than 2 % of the calls fail.',
        ...style.COUNT,
        empty: '0',
        expr: `count((${promql.ratio(failures(SELECTED, ...PAIR), promql.ended(ALL, ...PAIR), ...PAIR)}) > ${FAILING_RATIO})`,
        steps: style.rising(1, 3),
      }),
      stat({
        title: 'Calls per second',
        description: 'All outbound calls, one per attempt.',
        line: true,
        expr: calls(ALL),
      }),
    ),
    row(
      7,
      failingTable(
        24,
        [failing],
        [
          { from: 'owner', name: 'Ask first', mapping: style.OWNER_MAPPING, paint: 'text', width: 215 },
          { from: 'Value #C', name: 'Failures/s', unit: 'reqps', decimals: 2, width: 110 },
        ],
        (expr) => promql.withLayerAs(expr, 'owner'),
      ),
    ),
    row(
      8,
      timeSeries({
        title: 'Failing calls by who is asked first',
        description:
          'Share of all calls that fail, by the owner of the layer: our own code, the network, the provider, or our load on it.',
        unit: 'percentunit',
        empty: 'nothing fails',
        stacked: true,
        queries: Object.fromEntries(
          (Object.keys(style.OWNER_TEXT) as Owner[]).map((o) => [
            style.OWNER_TEXT[o],
            `(${calls([...SELECTED, `api_failure_layer=~"${promql.layersOf((l) => l.owner === o)}"`])} or vector(0))\n/\n${calls(ALL)}`,
          ]),
        ),
        overrides: style.ownerOverrides(),
      }),
      timeSeries({
        title: 'Failures per second by layer',
        description: 'Failed calls by the layer at which they ended, in the order in which a call is made.',
        empty: 'nothing fails',
        stacked: true,
        queries: { '{{api_failure_layer}}': failures(SELECTED, 'api_failure_layer') },
        overrides: style.layerOverrides,
      }),
    ),
    row(
      8,
      table({
        title: 'What changed with the last deploy',
        description:
          'For services that first reported a version within the time range: the average share of failing calls before and after it, by layer and code.',
        width: 14,
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
          { from: 'Value #A', name: 'After', ...style.SHARE, paint: 'text', empty: 'none', width: 90 },
          { from: 'Value #C', name: 'Deployed', ...style.MOMENT, width: 170 },
        ],
      }),
      timeSeries({
        title: 'Calls per second by service',
        description: 'Traffic, to see whether failures follow it.',
        queries: { '{{service_name}}': calls(ALL, 'service_name') },
      }),
    ),
  ],
};
