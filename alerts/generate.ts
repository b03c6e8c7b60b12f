import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFiles } from './cases/index.ts';
import { results } from './eval/result.ts';
import { table } from './eval/table.ts';
import { rulesFor } from './groups.ts';
import { packageFolder } from './package-folder.ts';
import { alertmanagerFor } from './routing/alertmanager.ts';
import { EVERY_CHANNEL, LOCAL } from './routing/examples.ts';
import { prometheusRuleYaml, rulesYaml, yamlOf } from './yaml.ts';

/** The committed files that are made from the tables: path from the repository root → text. */
export function generate(): Map<string, string> {
  const groups = rulesFor();
  return new Map([
    ...[...testFiles()].map(([name, text]) => [`alerts/generated/tests/${name}`, text] as const),
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
    ['docs/alerts.md', documentation()],
  ]);
}

/** The documentation with the table of the committed results. */
function documentation(): string {
  const text = readFileSync(join(packageFolder(), 'docs/alerts.md'), 'utf8');
  const [before, , after] = text.split(/(?<=<!-- evaluation -->\n)|(?=<!-- end of evaluation -->)/);
  return `${before}${table(results())}${after}`;
}
