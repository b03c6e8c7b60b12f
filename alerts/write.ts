import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Document, visit } from 'yaml';
import { type Group, rulesFor } from './groups.ts';
import type { RuleOptions } from './options.ts';
import { packageFolder } from './package-folder.ts';
import { type AlertmanagerOptions, alertmanagerFor } from './routing/alertmanager.ts';

/** YAML with every multi-line string as a literal block, so that expressions read as they were written. */
export function yamlOf(value: unknown, comment: string): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  document.commentBefore = ` ${comment}`;
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && node.value.includes('\n')) node.type = 'BLOCK_LITERAL';
    },
  });
  return document.toString({ lineWidth: 0 });
}

const GENERATED = 'Generated from alerts/ by `npm run gen`; change the table, not this file.';

export const rulesYaml = (groups: readonly Group[]): string => yamlOf({ groups }, GENERATED);

/** The same groups for the Prometheus Operator. */
export const prometheusRuleYaml = (groups: readonly Group[]): string =>
  yamlOf(
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: 'faultlayer', labels: { 'app.kubernetes.io/name': 'faultlayer', role: 'alert-rules' } },
      spec: { groups },
    },
    GENERATED,
  );

/** Writes `rules.yml` for these options into the folder and returns its path. */
export function writeRules(folder: string, options: RuleOptions = {}): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'rules.yml');
  writeFileSync(path, rulesYaml(rulesFor(options)));
  return path;
}

/** Writes `alertmanager.yml` and the templates it names into the folder and returns the configuration's path. */
export function writeAlertmanager(folder: string, options: AlertmanagerOptions): string {
  const templates = join(folder, 'templates');
  mkdirSync(templates, { recursive: true });
  copyFileSync(join(packageFolder(), 'alerts/templates/faultlayer.tmpl'), join(templates, 'faultlayer.tmpl'));
  const path = join(folder, 'alertmanager.yml');
  const comment = 'Routes by owner; `faultlayer rules` and `npm run gen` write it.';
  writeFileSync(path, yamlOf(alertmanagerFor(options), comment));
  return path;
}
