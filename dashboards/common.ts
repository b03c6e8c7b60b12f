import { METRICS, PHASES } from '../src/contract/index.ts';
import { ALL, FAILURE_COLUMNS, failingNow, SELECTED, shareByFailure } from './lib/failing.ts';
import { type Basics, type PanelSpec, type Query, timeSeries } from './lib/panels.ts';
import { calls, failingSince, failures, quantile, ratio } from './lib/promql.ts';
import { layerPrefixOverrides, MOMENT, phaseOverrides, SHARE } from './lib/style.ts';
import { type Column, table } from './lib/table.ts';

/** Panels that more than one dashboard has. */
export const failuresByCode = (width: number, legend: 'table' | 'list'): PanelSpec =>
  timeSeries({
    title: 'Failures per second by layer and code',
    description: 'The provider’s own error codes, in the colour of the layer; marks are deploys of the service.',
    unit: 'reqps',
    width,
    scenario: 'deploy_breaks_token',
    empty: 'nothing fails',
    stacked: true,
    legend,
    queries: [
      {
        expr: `topk(12, ${failures(SELECTED, 'api_failure_layer', 'api_provider_code')} > 0)`,
        legend: '{{api_failure_layer}} {{api_provider_code}}',
      },
    ],
    overrides: layerPrefixOverrides,
  });

/** The failing share of each group, 0 where none fails. */
export const shareBy = (failed: readonly string[], all: readonly string[], ...by: readonly string[]): string =>
  ratio(`(${failures(failed, ...by)} or ${calls(all, ...by)} * 0)`, calls(all, ...by));

export const failingByService = (width: number, failed: readonly string[], all: readonly string[]): PanelSpec =>
  timeSeries({
    title: 'Share of failing calls by service',
    description: 'One caller failing points at that service; all of them at the provider.',
    unit: 'percentunit',
    width,
    scenario: 'outage',
    max: 1,
    queries: [{ expr: shareBy(failed, all, 'service_name'), legend: '{{service_name}}' }],
  });

export const phases: PanelSpec = timeSeries({
  title: 'p95 of each phase',
  description: `Where the time goes: ${PHASES.join(', ')}. A reused connection has none of dns, tcp and tls.`,
  unit: 's',
  width: 8,
  queries: [{ expr: quantile(0.95, METRICS.phase.name, ALL, 'phase'), legend: '{{phase}}' }],
  overrides: phaseOverrides,
});

/** Median and 95th percentile of a histogram of seconds. */
export const percentiles = (metric: string, basics: Basics): PanelSpec =>
  timeSeries({
    unit: 's',
    ...basics,
    queries: [0.5, 0.95].map((q): Query => ({ expr: quantile(q, metric, ALL), legend: `p${q * 100}` })),
  });

/** What fails now, one row per failure, and since when; `more` are columns with queries of their own. */
export const failingTable = (
  width: number,
  exprs: readonly string[] = [],
  more: readonly Column[] = [],
  labelled = (expr: string) => expr,
): PanelSpec =>
  table({
    title: 'Failing now, worst first',
    description:
      'Every service × provider × layer × code of which more than 2 % of the calls fail, and since when. Click a row to open the failure.',
    width,
    scenario: 'deploy_breaks_token',
    empty: 'Nothing fails more than 2 % of its calls.',
    sortBy: 'Share of calls now',
    exprs: [failingNow, `(${failingSince(shareByFailure)}) * 1000`, ...exprs].map(labelled),
    columns: [
      ...FAILURE_COLUMNS,
      ...more,
      { from: 'Value #A', name: 'Share of calls now', ...SHARE, paint: 'bar', width: 190 },
      { from: 'Value #B', name: 'Since', ...MOMENT, width: 160 },
    ],
  });
