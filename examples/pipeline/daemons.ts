import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onPath } from './binaries.ts';
import { alertmanagerConfig, prometheusConfig, scaledRules } from './monitoring.ts';
import type { Ports } from './ports.ts';
import type { Processes } from './processes.ts';
import { untilAnswers } from './wait.ts';

const url = (port: number, path = '') => `http://127.0.0.1:${port}${path}`;

/** Starts Alertmanager with the shipped routes. Returns false when this machine has none. */
export async function startAlertmanager(processes: Processes, folder: string, shipped: string, ports: Ports) {
  const binary = onPath('prometheus-alertmanager', 'alertmanager');
  if (binary === undefined) return false;
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, alertmanagerConfig(readFileSync(join(shipped, 'alertmanager.yml'), 'utf8'), url(ports.receiver)));
  cpSync(join(shipped, 'templates'), join(folder, 'templates'), { recursive: true });
  processes.start('alertmanager', [
    binary,
    `--config.file=${file}`,
    `--storage.path=${join(folder, 'alertmanager')}`,
    '--cluster.listen-address=',
    `--web.listen-address=127.0.0.1:${ports.alertmanager}`,
    '--log.level=warn',
  ]);
  await untilAnswers('Alertmanager', url(ports.alertmanager, '/-/ready'));
  return true;
}

/** Starts Prometheus with the scaled rules. Returns false when this machine has none. */
export async function startPrometheus(processes: Processes, folder: string, ports: Ports) {
  const binary = onPath('prometheus');
  if (binary === undefined) return false;
  const file = join(folder, 'prometheus.yml');
  const local = (port: number) => `127.0.0.1:${port}`;
  writeFileSync(
    file,
    prometheusConfig({
      collector: local(ports.collector),
      alertmanager: local(ports.alertmanager),
      prometheus: local(ports.prometheus),
    }),
  );
  writeFileSync(
    join(folder, 'rules.yml'),
    scaledRules({ collector: url(ports.collector), alertmanager: url(ports.alertmanager) }),
  );
  processes.start('prometheus', [
    binary,
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, 'tsdb')}`,
    '--storage.tsdb.retention.time=2h',
    '--enable-feature=exemplar-storage',
    `--web.listen-address=127.0.0.1:${ports.prometheus}`,
    '--log.level=warn',
  ]);
  await untilAnswers('Prometheus', url(ports.prometheus, '/-/ready'));
  return true;
}
