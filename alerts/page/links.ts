import { DASHBOARDS } from '../../src/contract/index.ts';
import type { Context } from '../options.ts';
import type { AlertRule } from '../rule.ts';

/** Dashboard variables are named after the label without its prefix, as the dashboards read them. */
const VARIABLE = {
  service_name: 'var-service_name',
  api_provider_name: 'var-provider',
  api_failure_layer: 'var-layer',
  api_provider_code: 'var-code',
} as const;
const FILTER = {
  service_name: 'service',
  api_provider_name: 'provider',
  api_failure_layer: 'layer',
  api_provider_code: 'code',
} as const;

/** Every value goes through `urlquery`, so a code cannot add a parameter or leave the path. */
const query = (rule: AlertRule, names: Readonly<Record<string, string>>): string =>
  rule.page.about.map((label) => `${names[label]}={{ $labels.${label} | urlquery }}`).join('&');

const withQuery = (base: string, text: string): string => (text === '' ? base : `${base}?${text}`);

/** The silence form of Alertmanager, filled in with this alert and the series it is about. */
function silence(c: Context, rule: AlertRule): string {
  const matchers = rule.page.about.map(
    (label) => `%2C${label}%3D{{ $labels.${label} | printf "%q" | urlquery | reReplaceAll "[+]" "%20" }}`,
  );
  return `${c.links.alertmanager}/#/silences/new?filter=%7Balertname%3D%22${rule.alert}%22${matchers.join('')}%7D`;
}

export const links = (c: Context, rule: AlertRule): Record<string, string> => ({
  dashboard_url: withQuery(`${c.links.grafana}/d/${DASHBOARDS[rule.page.dashboard].uid}`, query(rule, VARIABLE)),
  runbook_url: `${c.links.runbooks}/${rule.alert}.md`,
  ...(rule.page.dashboard === 'pipeline'
    ? {}
    : { evidence_url: withQuery(`${c.links.evidence}/failures`, query(rule, FILTER)) }),
  silence_url: silence(c, rule),
});
