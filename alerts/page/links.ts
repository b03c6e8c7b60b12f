import { DASHBOARDS } from '../../src/contract/index.ts';
import type { Context } from '../options.ts';
import type { AlertRule } from '../rule.ts';

const PARAMETERS = { api_provider_name: 'provider', api_failure_layer: 'layer', api_provider_code: 'code' };

/** Every value goes through `urlquery`, so a code cannot add a parameter or leave the path. No value is no parameter. */
const query = (rule: AlertRule, prefix: string, service: string): string =>
  Object.entries({ service_name: service, ...PARAMETERS })
    .filter(([label]) => (rule.page.about as readonly string[]).includes(label))
    .map(
      ([label, name], i) =>
        `{{ with $labels.${label} }}${i === 0 ? '?' : '&'}${prefix}${name}={{ . | urlquery }}{{ end }}`,
    )
    .join('');

/** The silence form of Alertmanager, filled in with this alert and who calls whom: short enough for a telephone. */
function silence(c: Context, rule: AlertRule): string {
  const matchers = rule.page.about
    .filter((label) => label === 'service_name' || label === 'api_provider_name')
    .map((label) => `,${label}%3D{{ $labels.${label} | printf "%q" | urlquery | reReplaceAll "[+]" "%20" }}`);
  return `${c.links.alertmanager}/#/silences/new?filter=%7Balertname%3D%22${rule.alert}%22${matchers.join('')}%7D`;
}

export const links = (c: Context, rule: AlertRule): Record<string, string> => ({
  dashboard_url: `${c.links.grafana}/d/${DASHBOARDS[rule.page.dashboard].uid}${query(rule, 'var-', 'service_name')}`,
  runbook_url: `${c.links.runbooks}/${rule.alert}.md`,
  ...(rule.page.dashboard === 'pipeline'
    ? {}
    : { evidence_url: `${c.links.evidence}/failures${query(rule, '', 'service')}` }),
  silence_url: silence(c, rule),
});
