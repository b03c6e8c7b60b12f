import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { DASHBOARDS } from '../../src/contract/index.ts';
import type { Variable } from './promql.ts';
import { LABELS } from './variables.ts';

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

const VARIABLES = Object.keys(LABELS) as Variable[];
/** `${__data.fields["Layer"]}` of the row that was clicked, fit for a URL. */
const cell = (column: string): string => `\${__data.fields["${column}"]:percentencode}`;

/** A link from a table row to another dashboard. Data source, time range and the variables that are not `set` go along. */
function rowLink(to: Key, title: string, ...set: readonly Variable[]) {
  const kept = ['datasource', ...VARIABLES.filter((v) => !set.includes(v))];
  const parts = [...kept.map((v) => `\${${v}:queryparam}`), ...set.map((v) => `var-${v}=${cell(LABELS[v].label)}`)];
  return { title, url: `/d/${DASHBOARDS[to].uid}?${[...parts, '${__url_time_range}'].join('&')}` };
}
export const toFailure = rowLink('failure', 'Open this failure', 'service_name', 'provider', 'layer', 'code');
export const toProvider = rowLink('provider', 'Open this provider', 'provider');

/** The page of evidence for the clicked failure. */
const clicked = VARIABLES.map((v) => `${LABELS[v].label.toLowerCase()}=${cell(LABELS[v].label)}`);
export const evidenceLink = {
  title: 'Open the evidence',
  url: `\${pages}/failures?${clicked.join('&')}`,
  targetBlank: true,
};

const TEMPO = '@{tempo_datasource}';
const query = { refId: 'A', datasource: { type: 'tempo', uid: TEMPO }, queryType: 'traceql', query: '@{__value.raw}' };
const trace = { datasource: TEMPO, queries: [query], range: { from: '@{__from}', to: '@{__to}' } };
/** The clicked trace ID in Explore, in the chosen trace data source; Grafana's variables are not encoded. */
export const traceLink = {
  title: 'Open the trace',
  url: `/explore?schemaVersion=1&panes=${encodeURIComponent(JSON.stringify({ trace })).replaceAll(/%40%7B(.*?)%7D/g, '${$1}')}`,
};
