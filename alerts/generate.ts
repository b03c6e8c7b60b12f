import { rulesFor } from './groups.ts';
import { alertmanagerFor } from './routing/alertmanager.ts';
import { EVERY_CHANNEL, LOCAL } from './routing/examples.ts';
import { prometheusRuleYaml, rulesYaml, yamlOf } from './yaml.ts';

/** The committed files that are made from the tables: path from the repository root → text. */
export function generate(): Map<string, string> {
  const groups = rulesFor();
  return new Map([
    ['alerts/generated/rules.yml', rulesYaml(groups)],
    ['alerts/generated/prometheusrule.yaml', prometheusRuleYaml(groups)],
    [
      'alerts/alertmanager.yml',
      yamlOf(alertmanagerFor(LOCAL), 'One webhook for everything: the start. Written by `npm run gen`.'),
    ],
    [
      'alerts/generated/alertmanager.example.yml',
      yamlOf(alertmanagerFor(EVERY_CHANNEL), 'Every kind of channel, secrets in files. Written by `npm run gen`.'),
    ],
  ]);
}
