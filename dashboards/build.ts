import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { failure } from './failure.ts';
import { type DashboardSpec, model } from './lib/dashboard.ts';
import { overview } from './overview.ts';
import { pipeline } from './pipeline.ts';
import { provider } from './provider.ts';

/** One row per dashboard. */
export const SPECS: readonly DashboardSpec[] = [overview, provider, failure, pipeline];

const configMap = (uid: string, json: string): string =>
  [
    'apiVersion: v1',
    'kind: ConfigMap',
    'metadata:',
    `  name: ${uid}`,
    '  labels:',
    '    grafana_dashboard: "1"',
    '  annotations:',
    '    grafana_folder: Faultlayer',
    'data:',
    `  ${uid}.json: |`,
    ...json
      .trimEnd()
      .split('\n')
      .map((line) => `    ${line}`),
    '',
  ].join('\n');

/** Every generated file by its path from the repository root. */
export function generate(): Map<string, string> {
  const files = new Map<string, string>();
  for (const spec of SPECS) {
    const dashboard: Dashboard = model(spec);
    const json = `${JSON.stringify(dashboard, null, 2)}\n`;
    files.set(`dashboards/generated/${dashboard.uid}.json`, json);
    files.set(`dashboards/generated/kubernetes/${dashboard.uid}.yaml`, configMap(dashboard.uid!, json));
  }
  return files;
}
