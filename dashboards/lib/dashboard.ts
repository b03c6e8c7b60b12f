import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { DASHBOARDS, METRICS } from '../../src/contract/index.ts';
import { bar } from './links.ts';
import type { PanelSpec } from './panels.ts';
import { chosen, series } from './promql.ts';
import { PROMETHEUS, variables } from './variables.ts';

/** Panels beside each other; the height is in grid units of 30 pixels. */
export interface RowSpec {
  readonly height: number;
  readonly panels: readonly PanelSpec[];
}
export const row = (height: number, ...panels: readonly PanelSpec[]): RowSpec => ({ height, panels });

export interface DashboardSpec {
  readonly key: keyof typeof DASHBOARDS;
  readonly description: string;
  /** Has panels that ask Tempo. */
  readonly traces?: true;
  /** Keeps the selection for the way back, but does not show it. */
  readonly hideVariables?: true;
  readonly rows: readonly RowSpec[];
}

const GRID = 24;

/** The same version seen by several scrapes is one deploy: the earliest. */
const earliest = (name: string): string =>
  `min by (service_name, service_version) (${series(name, [chosen('service_name')])})`;

/** A mark at the moment a service first reported a version. */
const deploys = () => {
  const expr = `${earliest(METRICS.versionFirstSeen.name)} * 1000`;
  return new dashboard.AnnotationQueryBuilder()
    .name('Deploys')
    .datasource(PROMETHEUS)
    .enable(true)
    .iconColor('#B877D9')
    .target(new DataqueryBuilder().refId('Deploys').expr(expr).interval('60s'))
    .titleFormat('{{service_name}} {{service_version}}')
    .textFormat('first call of this version')
    .tagKeys('service_name,service_version')
    .useValueForTime(true);
};

/** The finished JSON model of one dashboard, panels laid out row by row without a gap or an overlap. */
export function model(spec: DashboardSpec): dashboard.Dashboard {
  const { uid, title } = DASHBOARDS[spec.key];
  const built = new dashboard.DashboardBuilder(`Faultlayer / ${title}`)
    .uid(uid)
    .description(spec.description)
    .tags(['faultlayer', 'generated'])
    .readonly()
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .links(bar(spec.key))
    .variables(variables(spec.traces === true, spec.hideVariables === true))
    .annotation(deploys())
    .build();
  return current({ ...built, panels: layout(spec.rows) });
}

/** The builders write defaults that the current schema does not have: of interval variables into all, and a table's footer. */
function current(built: dashboard.Dashboard): dashboard.Dashboard {
  for (const variable of built.templating?.list ?? []) {
    delete variable.auto;
    delete variable.auto_min;
    delete variable.auto_count;
  }
  for (const panel of built.panels ?? []) if (panel.type === 'table') delete (panel as dashboard.Panel).options.footer;
  return built;
}

function layout(rows: readonly RowSpec[]): dashboard.Panel[] {
  const placed: dashboard.Panel[] = [];
  let y = 0;
  for (const { height, panels } of rows) {
    const given = panels.reduce((n, { width = 0 }) => n + width, 0);
    const share = (GRID - given) / panels.filter(({ width }) => width === undefined).length;
    let x = 0;
    for (const { width = share, panel } of panels) {
      placed.push({ ...panel.build(), id: placed.length + 1, gridPos: { x, y, w: width, h: height } });
      x += width;
    }
    y += height;
  }
  return placed;
}
