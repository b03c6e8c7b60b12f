import * as common from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { type Basics, basics, type PanelSpec, tabular } from './panels.ts';
import { thresholds } from './style.ts';

export interface Column {
  /** The label, or `value` and the query's letter: `Value #A`. */
  readonly from: string;
  /** The heading. */
  readonly name: string;
  readonly unit?: string;
  readonly width?: number;
  readonly decimals?: number;
  /** How the cell is painted by thresholds or a mapping's colours. */
  readonly paint?: 'text' | 'background' | 'bar';
  readonly steps?: readonly (readonly [number | null, string])[];
  readonly mapping?: ValueMapping;
  readonly links?: readonly { title: string; url: string }[];
  /** Shown for an absent value. */
  readonly empty?: string;
}

export interface TableOptions extends Omit<Basics, 'unit'> {
  /** One instant query per measured column; rows with the same labels are one row. */
  readonly exprs: readonly string[];
  readonly columns: readonly Column[];
  readonly sortBy: string;
  readonly unit?: string;
}

const PAINT = {
  text: common.TableCellDisplayMode.ColorText,
  background: common.TableCellDisplayMode.ColorBackground,
  bar: common.TableCellDisplayMode.Gauge,
} as const;

function properties(c: Column): DynamicConfigValue[] {
  const rows: (DynamicConfigValue | undefined)[] = [
    c.unit === undefined ? undefined : { id: 'unit', value: c.unit },
    c.decimals === undefined ? undefined : { id: 'decimals', value: c.decimals },
    c.width === undefined ? undefined : { id: 'custom.width', value: c.width },
    c.paint === undefined
      ? undefined
      : {
          id: 'custom.cellOptions',
          value: { type: PAINT[c.paint], ...(c.paint === 'background' ? { mode: 'basic' } : {}) },
        },
    c.steps === undefined ? undefined : { id: 'thresholds', value: thresholds(c.steps).build() },
    c.steps === undefined ? undefined : { id: 'color', value: { mode: 'thresholds' } },
    c.mapping === undefined ? undefined : { id: 'mappings', value: [c.mapping] },
    c.links === undefined ? undefined : { id: 'links', value: c.links },
    c.empty === undefined ? undefined : { id: 'noValue', value: c.empty },
    c.paint === 'bar' ? { id: 'min', value: 0 } : undefined,
    c.paint === 'bar' ? { id: 'max', value: 1 } : undefined,
  ];
  return rows.filter((r) => r !== undefined);
}

/**
 * A panel's words for "no data" are for the panel, not for each cell without text; a row link would even carry them
 * along as the value of a variable.
 */
export const EMPTY_CELLS = { matcher: { id: 'byType', options: 'string' }, properties: [{ id: 'noValue', value: '' }] };

/** Rows of labels with one or more measured columns. Columns that are not listed are hidden. */
export function table(o: TableOptions): PanelSpec {
  const panel = basics(new PanelBuilder(), { ...o, unit: o.unit ?? 'short' })
    .targets(o.exprs.map((expr, i) => tabular({ expr }, i)))
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'filterFieldsByName',
      options: { include: { names: o.columns.map((c) => c.from) } },
    })
    .withTransformation({
      id: 'organize',
      options: {
        indexByName: Object.fromEntries(o.columns.map((c, i) => [c.from, i])),
        renameByName: Object.fromEntries(o.columns.map((c) => [c.from, c.name])),
      },
    })
    .sortBy([new common.TableSortByFieldStateBuilder().displayName(o.sortBy).desc(true)])
    .cellHeight(common.TableCellHeight.Sm)
    .filterable(true)
    .overrides([
      EMPTY_CELLS,
      ...o.columns.map((c) => ({ matcher: { id: 'byName', options: c.name }, properties: properties(c) })),
    ]);
  return { width: o.width, scenario: o.scenario, panel };
}
