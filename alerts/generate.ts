import { rulesFor } from './groups.ts';
import { alertmanagerFor } from './routing/alertmanager.ts';
import { EVERY_CHANNEL, LOCAL } from './routing/examples.ts';
import { prometheusRuleYaml, rulesYaml, yamlOf } from './yaml.ts';

/** The committed files that are made from the tables. */
export function generated(): { path: string; text: string }[] {
  const groups = rulesFor();
  return [
    { path: 'alerts/generated/rules.yml', text: rulesYaml(groups) },
    { path: 'alerts/generated/prometheusrule.yaml', text: prometheusRuleYaml(groups) },
    {
      path: 'alerts/alertmanager.yml',
      text: yamlOf(alertmanagerFor(LOCAL), 'One webhook for everything: the start. Written by `npm run gen`.'),
    },
    {
      path: 'alerts/generated/alertmanager.example.yml',
      text: yamlOf(
        alertmanagerFor(EVERY_CHANNEL),
        'Every kind of channel, secrets in files. Written by `npm run gen`.',
      ),
    },
  ];
}
