import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertmanagerConfig, prometheusConfig, scaledRules } from './monitoring.ts';

const head =
  '# Written by npm run gen: the shipped configuration for the story in docker-compose.yml, every window scaled.\n';

/** The files that docker-compose.yml mounts, by path from the repository root. */
export function generate(root = join(import.meta.dirname, '../..')): Map<string, string> {
  const shipped = readFileSync(join(root, 'alerts/alertmanager.yml'), 'utf8');
  const prometheus = prometheusConfig({
    collector: 'collector:9468',
    alertmanager: 'alertmanager:9093',
    prometheus: 'localhost:9090',
  });
  const rules = scaledRules({ collector: 'http://127.0.0.1:9468', alertmanager: 'http://127.0.0.1:9093' });
  return new Map([
    ['deploy/compose/prometheus.yml', head + prometheus],
    ['deploy/compose/rules.yml', head + rules],
    ['deploy/compose/alertmanager.yml', head + alertmanagerConfig(shipped, 'http://story:9469')],
  ]);
}
