import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { DASHBOARDS } from '../../src/contract/index.ts';
import type { Variable } from './promql.ts';

type Key = keyof typeof DASHBOARDS;

const link = (title: string, icon: string, tooltip: string, url: string) =>
  new dashboard.DashboardLinkBuilder(title).type(dashboard.DashboardLinkType.Link).icon(icon).tooltip(tooltip).url(url);

/** The bar on top: the other dashboards, to which time and selection go along, and the collector's pages. */
export const bar = (own: Key) => [
  ...(Object.keys(DASHBOARDS) as Key[])
    .filter((key) => key !== own)
    .map((key) => {
      const { title, uid } = DASHBOARDS[key];
      const tooltip = `${title}, with the same time and selection`;
      return link(title, 'dashboard', tooltip, `/d/${uid}`).includeVars(true).keepTime(true);
    }),
  link('Evidence', 'doc', 'The newest failures with what was sent and answered', '${pages}/failures').targetBlank(true),
];

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

/** The page of evidence for the clicked failure. */
export const evidenceLink = {
  title: 'Open the evidence',
  url: `\${pages}/failures?${(['service', 'provider', 'layer', 'code'] as const)
    .map((name) => `${name}=${cell(name[0]!.toUpperCase() + name.slice(1))}`)
    .join('&')}`,
  targetBlank: true,
};

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
