import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rulesFor } from './groups.ts';
import type { RuleOptions } from './options.ts';
import { packageFolder } from './package-folder.ts';
import { type AlertmanagerOptions, alertmanagerFor } from './routing/alertmanager.ts';
import { rulesYaml, yamlOf } from './yaml.ts';

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
  writeFileSync(
    path,
    yamlOf(alertmanagerFor(options), 'Routes by owner; `faultlayer rules` and `npm run gen` write it.'),
  );
  return path;
}
