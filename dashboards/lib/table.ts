import * as common from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { type Basics, basics, type PanelSpec, tabular } from './panels.ts';
import { type Steps, thresholds } from './style.ts';

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
  readonly steps?: Steps;
  readonly mapping?: ValueMapping;
  readonly links?: readonly { title: string; url: string; targetBlank?: boolean }[];
  /** Shown for an absent value. */
  readonly empty?: string;
}

export interface TableOptions extends Basics {
  /** One instant query per measured column; rows with the same labels are one row. */
  readonly exprs: readonly string[];
  readonly columns: readonly Column[];
  readonly sortBy: string;
}

const PAINT = {
  text: common.TableCellDisplayMode.ColorText,
  background: common.TableCellDisplayMode.ColorBackground,
  bar: common.TableCellDisplayMode.Gauge,
} as const;

/** What a column's cells look like. */
export function columnOverride(c: Omit<Column, 'from'>) {
  const { unit, decimals, width, paint, steps, mapping, links, empty } = c;
  const rows: Record<string, unknown> = {
    unit,
    decimals,
    'custom.width': width,
    'custom.cellOptions': paint && { type: PAINT[paint], ...(paint === 'background' ? { mode: 'basic' } : {}) },
    thresholds: steps && thresholds(steps).build(),
    color: steps && { mode: 'thresholds' },
    mappings: mapping && [mapping],
    links,
    noValue: empty,
    ...(paint === 'bar' ? { min: 0, max: 1 } : {}),
  };
  const properties: DynamicConfigValue[] = Object.entries(rows).flatMap(([id, value]) =>
    value === undefined ? [] : [{ id, value }],
  );
  return { matcher: { id: 'byName', options: c.name }, properties };
}

/**
 * A panel's words for "no data" are for the panel, not for each cell without text; a row link would even carry them
 * along as the value of a variable.
 */
export const EMPTY_CELLS = { matcher: { id: 'byType', options: 'string' }, properties: [{ id: 'noValue', value: '' }] };

/** Rows of labels with one or more measured columns. Columns that are not listed are hidden. */
export function table(o: TableOptions): PanelSpec {
  const panel = basics(new PanelBuilder(), { unit: 'short', ...o })
    .targets(o.exprs.map((expr, i) => tabular(expr, i)))
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
    .overrides([EMPTY_CELLS, ...o.columns.map(columnOverride)]);
  return { width: o.width, panel };
}
