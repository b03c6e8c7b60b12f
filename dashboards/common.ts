import { METRICS, PHASES } from '../src/contract/index.ts';
import { evidenceLink, toFailure, toProvider } from './lib/links.ts';
import { type Basics, type PanelSpec, stat, timeSeries } from './lib/panels.ts';
import * as promql from './lib/promql.ts';
import * as style from './lib/style.ts';
import { type Column, table } from './lib/table.ts';

const { ALL, failures, SELECTED } = promql;

/** Panels that more than one dashboard has. */
export const failuresByCode = (width: number, legend: 'table' | 'list'): PanelSpec =>
  timeSeries({
    title: 'Failures per second by layer and code',
    description: 'The provider’s own error codes, in the colour of the layer; marks are deploys of the service.',
    width,
    empty: 'nothing fails',
    stacked: true,
    legend,
    queries: {
      '{{api_failure_layer}} {{api_provider_code}}': `topk(12, ${failures(SELECTED, 'api_failure_layer', 'api_provider_code')} > 0)`,
    },
    overrides: style.layerPrefixOverrides(),
  });

export const failingShare = (basics: Omit<Basics, 'unit'>): PanelSpec =>
  stat({ ...basics, ...style.SHARE, line: true, expr: promql.share });

export const failingByService = (failed: readonly string[], all: readonly string[]): PanelSpec =>
  timeSeries({
    title: 'Share of failing calls by service',
    description: 'One caller failing points at that service; all of them at the provider.',
    unit: 'percentunit',
    max: 1,
    queries: { '{{service_name}}': promql.shareBy(failed, promql.ended(all, 'service_name'), 'service_name') },
  });

export const phases: PanelSpec = timeSeries({
  title: 'p95 of each phase',
  description: `Where the time goes: ${PHASES.join(', ')}. A reused connection has none of dns, tcp and tls.`,
  unit: 's',
  queries: { '{{phase}}': promql.quantile(0.95, METRICS.phase.name, ALL, 'phase') },
  overrides: style.phaseOverrides,
});

/** Median and 95th percentile of a histogram of seconds. */
export const percentiles = (metric: string, basics: Basics): PanelSpec =>
  timeSeries({
    unit: 's',
    ...basics,
    queries: promql.quantiles([0.5, 0.95], metric),
  });

/** The four columns that name a failure and lead to it. */
export const FAILURE_COLUMNS: readonly Column[] = [
  { from: 'service_name', name: 'Service', links: [toFailure] },
  { from: 'api_provider_name', name: 'Provider', links: [toProvider] },
  {
    from: 'api_failure_layer',
    name: 'Layer',
    mapping: style.LAYER_MAPPING,
    paint: 'background',
    width: 105,
    links: [toFailure, evidenceLink],
  },
  { from: 'api_provider_code', name: 'Code', links: [toFailure, evidenceLink], empty: '' },
];

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
    empty: 'Nothing fails more than 2 % of its calls.',
    sortBy: 'Share of calls now',
    exprs: [promql.failingNow, `(${promql.failingSince(promql.shareByFailure)}) * 1000`, ...exprs].map(labelled),
    columns: [
      ...FAILURE_COLUMNS,
      ...more,
      { from: 'Value #A', name: 'Share of calls now', ...style.SHARE, paint: 'bar', width: 190 },
      { from: 'Value #B', name: 'Since', ...style.MOMENT, width: 160 },
    ],
  });
