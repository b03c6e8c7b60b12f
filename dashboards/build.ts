import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { failure } from './failure.ts';
import { type DashboardSpec, model } from './lib/dashboard.ts';
import { overview } from './overview.ts';
import { pipeline } from './pipeline.ts';
import { provider } from './provider.ts';

/** One row per dashboard. */
export const SPECS: readonly DashboardSpec[] = [overview, provider, failure, pipeline];

/** Every generated file by its path from the repository root. */
export function generate(): Map<string, string> {
  const files = new Map<string, string>();
  for (const spec of SPECS) {
    const dashboard: Dashboard = model(spec);
    files.set(`dashboards/generated/${dashboard.uid}.json`, `${JSON.stringify(dashboard, null, 2)}\n`);
  }
  return files;
}
