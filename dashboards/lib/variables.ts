import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { LINKS } from '../../alerts/options.ts';
import { METRICS } from '../../src/contract/index.ts';
import { chosen, FAILED, series, VARIABLE_LABELS, type Variable } from './promql.ts';

/** Data sources are chosen, never named: the same JSON provisions anywhere. */
export const PROMETHEUS = { type: 'prometheus', uid: '${datasource}' } as const;
export const TEMPO = { type: 'tempo', uid: '${tempo_datasource}' } as const;

/** What each variable is called, as the columns that set it are. */
export const LABELS: Readonly<Record<Variable, { label: string; description: string; failed?: true }>> = {
  service_name: { label: 'Service', description: 'The service that makes the calls.' },
  provider: { label: 'Provider', description: 'The API that is called.' },
  layer: { label: 'Layer', description: 'Where the call failed.', failed: true },
  code: { label: 'Code', description: 'The provider’s own error code.', failed: true },
};

/** Where the collector's pages are: the links of the rows and of the bar lead there. */
const pages = () =>
  new dashboard.TextBoxVariableBuilder('pages')
    .label('Pages')
    .description(
      'Address of faultlayer’s pages, as your browser reaches them; `faultlayer dashboards --pages` sets it.',
    )
    .defaultValue(LINKS.evidence)
    .current({ text: LINKS.evidence, value: LINKS.evidence });

const dataSource = (name: string, label: string, type: string) =>
  new dashboard.DatasourceVariableBuilder(name).label(label).type(type).current({ text: 'default', value: 'default' });

/** A label of the calls as a variable, narrowed by the variables before it. Several values and all of them are allowed. */
function label(name: Variable, after: readonly Variable[], hidden: boolean) {
  const { label, description, failed } = LABELS[name];
  const query = `label_values(${series(METRICS.calls.name, [...(failed ? [FAILED] : []), ...after.map(chosen)])}, ${VARIABLE_LABELS[name]})`;
  return new dashboard.QueryVariableBuilder(name)
    .label(label)
    .hide(hidden ? dashboard.VariableHide.HideVariable : dashboard.VariableHide.DontHide)
    .description(description)
    .datasource(PROMETHEUS)
    .query({ query, refId: name, qryType: 1 })
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalCaseInsensitiveAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .allowCustomValue(true)
    .current({ text: 'All', value: '$__all' });
}

/** The data sources, then the labels, each narrowed by those before it. */
export function variables(traces: boolean, hidden: boolean) {
  const names = Object.keys(LABELS) as Variable[];
  return [
    dataSource('datasource', traces ? 'Prometheus data source' : 'Data source', 'prometheus'),
    ...(traces ? [dataSource('tempo_datasource', 'Tempo data source', 'tempo')] : []),
    ...names.map((name, i) => label(name, names.slice(0, i), hidden)),
    pages(),
  ];
}
