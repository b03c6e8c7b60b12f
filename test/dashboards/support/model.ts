import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DASHBOARDS } from '../../../src/contract/index.ts';

export interface Target {
  readonly refId: string;
  readonly expr?: string;
  readonly query?: string;
  readonly queryType?: string;
  readonly instant?: boolean;
  readonly exemplar?: boolean;
  readonly legendFormat?: string;
  readonly format?: string;
  readonly datasource: { readonly type: string; readonly uid: string };
}
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly targets: readonly Target[];
  readonly fieldConfig: {
    defaults: { unit?: string; noValue?: string };
    overrides: { properties: { id: string; value: unknown }[] }[];
  };
  readonly [key: string]: unknown;
}
export interface Model {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly [key: string]: unknown;
}

const folder = join(import.meta.dirname, '../../../dashboards/generated');

/** The committed JSON, as Grafana gets it. */
export const MODELS: readonly Model[] = Object.values(DASHBOARDS).map(
  ({ uid }) => JSON.parse(readFileSync(join(folder, `${uid}.json`), 'utf8')) as Model,
);

/** Each panel by dashboard and title. */
export const PANELS: readonly { panel: Panel; name: string }[] = Object.entries(DASHBOARDS).flatMap(([key, { uid }]) =>
  MODELS.find((m) => m.uid === uid)!.panels.map((panel) => ({ panel, name: `${key} / ${panel.title}` })),
);
