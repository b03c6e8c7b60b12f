import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { DASHBOARDS } from '../../src/contract/index.ts';
import type { Variable } from './promql.ts';

type Key = keyof typeof DASHBOARDS;

/** The other dashboards in the bar on top; time and selection go along. */
export const siblings = (own: Key) =>
  (Object.keys(DASHBOARDS) as Key[])
    .filter((key) => key !== own)
    .map((key) =>
      new dashboard.DashboardLinkBuilder(DASHBOARDS[key].title)
        .type(dashboard.DashboardLinkType.Link)
        .icon('dashboard')
        .tooltip(`${DASHBOARDS[key].title}, with the same time and selection`)
        .url(`/d/${DASHBOARDS[key].uid}`)
        .includeVars(true)
        .keepTime(true),
    );

/** `${__data.fields["Layer"]}` of the row that was clicked, fit for a URL. */
const cell = (field: string): string => `\${__data.fields["${field}"]:percentencode}`;
const kept = (variable: string): string => `\${${variable}:queryparam}`;

/**
 * A link from a table row to another dashboard. `fields` says which column sets which variable; those that no column
 * sets keep what is selected. The data source and the time range always go along.
 */
export function rowLink(
  to: Key,
  title: string,
  fields: Partial<Record<Variable, string>>,
  keep: readonly Variable[] = [],
) {
  const set = Object.entries(fields).map(([variable, field]) => `var-${variable}=${cell(field)}`);
  const url = `/d/${DASHBOARDS[to].uid}?${[kept('datasource'), ...keep.map(kept), ...set, '${__url_time_range}'].join('&')}`;
  return { title, url };
}

/** The clicked trace ID in Explore, in the chosen trace data source. */
export const traceLink = {
  title: 'Open the trace',
  url: `/explore?schemaVersion=1&panes=${encodeURIComponent(
    JSON.stringify({
      trace: {
        datasource: '@{tempo_datasource}',
        queries: [
          {
            refId: 'A',
            datasource: { type: 'tempo', uid: '@{tempo_datasource}' },
            queryType: 'traceql',
            query: '@{__value.raw}',
          },
        ],
        range: { from: '@{__from}', to: '@{__to}' },
      },
    }),
  ).replaceAll(/%40%7B(.*?)%7D/g, '${$1}')}`,
};
