import {
  applyFieldOverrides,
  createDataFrame,
  createTheme,
  type DataFrame,
  type DataTransformerConfig,
  type Field,
  FieldConfigOptionsRegistry,
  type FieldConfigSource,
  FieldType,
  identityOverrideProcessor,
  standardTransformers,
  standardTransformersRegistry,
  transformDataFrame,
} from '@grafana/data';
import type {
  BarGaugeDisplayMode,
  BarGaugeValueMode,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueJustifyMode,
  BigValueTextMode,
  ReduceDataOptions,
  TableCellHeight,
  TableSortByFieldState,
  VizLegendOptions,
  VizOrientation,
  VizTextDisplayOptions,
} from '@grafana/schema';
import { lastValueFrom } from 'rxjs';

export const THEME = createTheme({ colors: { mode: 'dark' } });

/** What the page is given: the model as Grafana gets it, and what Prometheus answered to every target. */
export interface Sample {
  metric: Record<string, string>;
  values: [number, string][];
}
export interface Target {
  refId: string;
  legendFormat?: string;
  format?: string;
}
/** The options of all panel types that are drawn; each has its own part of them. */
export interface Options {
  legend: VizLegendOptions;
  reduceOptions: ReduceDataOptions;
  orientation: VizOrientation;
  displayMode: BarGaugeDisplayMode;
  valueMode: BarGaugeValueMode;
  showUnfilled: boolean;
  text?: VizTextDisplayOptions;
  colorMode: BigValueColorMode;
  graphMode: BigValueGraphMode;
  textMode: BigValueTextMode;
  justifyMode: BigValueJustifyMode;
  sortBy?: TableSortByFieldState[];
  cellHeight?: TableCellHeight;
}
export interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets: Target[];
  transformations?: DataTransformerConfig[];
  fieldConfig: FieldConfigSource;
  options: Options;
}
export interface Page {
  title: string;
  panels: Panel[];
  choice: Record<string, string>;
  fromMs: number;
  toMs: number;
  stepMs: number;
  /** By panel and target. */
  results: Record<string, Record<string, Sample[]>>;
  /** Rows of panels that ask Tempo. */
  tables: Record<string, Record<string, string | number>[]>;
  marks: { timeMs: number; text: string }[];
}

standardTransformersRegistry.setInit(() =>
  [
    standardTransformers.mergeTransformer,
    standardTransformers.organizeFieldsTransformer,
    standardTransformers.filterFieldsByNameTransformer,
  ].map(
    (t) =>
      ({
        id: t.id,
        name: t.name,
        editor: null as never,
        transformation: async () => t,
        imageDark: '',
        imageLight: '',
      }) as never,
  ),
);

const STANDARD = [
  'displayName',
  'unit',
  'min',
  'max',
  'decimals',
  'thresholds',
  'mappings',
  'links',
  'color',
  'noValue',
  'filterable',
];
const CUSTOM = [
  'width',
  'cellOptions',
  'align',
  'filterable',
  'lineWidth',
  'fillOpacity',
  'stacking',
  'showPoints',
  'thresholdsStyle',
  'drawStyle',
  'lineInterpolation',
  'axisPlacement',
  'gradientMode',
  'hideFrom',
  'spanNulls',
  'pointSize',
  'axisBorderShow',
  'scaleDistribution',
];
const registry = new FieldConfigOptionsRegistry(() =>
  [
    ...STANDARD.map((id) => ({ id, path: id, isCustom: false })),
    ...CUSTOM.map((id) => ({ id: `custom.${id}`, path: id, isCustom: true })),
  ].map(
    (o) =>
      ({
        ...o,
        name: o.id,
        editor: null,
        override: null,
        settings: {},
        process: identityOverrideProcessor,
        shouldApply: () => true,
      }) as never,
  ),
);

/** As the Prometheus data source names a series. */
const legend = (format: string | undefined, metric: Record<string, string>): string =>
  format === undefined || format === '__auto'
    ? JSON.stringify(metric)
    : format.replace(/\{\{\s*(.+?)\s*\}\}/g, (_all, label: string) => metric[label] ?? '').trimEnd();

function curves(samples: Sample[], target: Target, page: Page): DataFrame[] {
  return samples.map(({ metric, values }) => {
    const known = new Map(values.map(([seconds, v]) => [Math.round(seconds * 1000), Number(v)]));
    // Like the data source, a value for every step, so that gaps are gaps.
    const times = values.length === 1 ? [...known.keys()] : steps(page, known);
    const name = legend(target.legendFormat, metric);
    return createDataFrame({
      refId: target.refId,
      fields: [
        { name: 'Time', type: FieldType.time, values: times, config: { interval: page.stepMs } },
        {
          name: 'Value',
          type: FieldType.number,
          labels: metric,
          values: times.map((t) => known.get(t) ?? null),
          config: { displayNameFromDS: name },
        },
      ],
    });
  });
}
function steps(page: Page, known: Map<number, number>): number[] {
  const first = Math.min(...known.keys()) % page.stepMs;
  const times: number[] = [];
  for (let t = Math.ceil(page.fromMs / page.stepMs) * page.stepMs + first; t <= page.toMs; t += page.stepMs)
    times.push(t);
  return times;
}

function rows(samples: Sample[], target: Target, alone: boolean): DataFrame {
  const labels = [...new Set(samples.flatMap((s) => Object.keys(s.metric)))].sort();
  return createDataFrame({
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: samples.map((s) => s.values[0]![0] * 1000) },
      ...labels.map((name) => ({ name, type: FieldType.string, values: samples.map((s) => s.metric[name] ?? '') })),
      {
        name: alone ? 'Value' : `Value #${target.refId}`,
        type: FieldType.number,
        values: samples.map((s) => Number(s.values[0]![1])),
      },
    ],
  });
}

const free = (rows: Record<string, string | number>[]): DataFrame =>
  createDataFrame({
    fields: Object.keys(rows[0] ?? {}).map((name) => ({
      name,
      type: typeof rows[0]![name] === 'number' ? FieldType.number : FieldType.string,
      values: rows.map((r) => r[name]),
      config:
        name === 'Start time' ? { unit: 'dateTimeAsIsoNoDateIfToday' } : name === 'Duration' ? { unit: 'ms' } : {},
    })) as Field[],
  });

/** The frames of one panel: built as the data source does, transformed and configured by Grafana's own code. */
export async function framesOf(panel: Panel, page: Page): Promise<DataFrame[]> {
  const results = page.results[panel.id] ?? {};
  const raw =
    page.tables[panel.id] !== undefined
      ? [free(page.tables[panel.id]!)]
      : panel.targets.flatMap((t) =>
          t.format === 'table'
            ? [rows(results[t.refId] ?? [], t, panel.targets.length === 1)]
            : curves(results[t.refId] ?? [], t, page),
        );
  const data = await lastValueFrom(
    transformDataFrame(
      panel.transformations ?? [],
      raw.filter((f) => f.length > 0),
    ),
  );
  return applyFieldOverrides({
    data,
    fieldConfig: panel.fieldConfig,
    fieldConfigRegistry: registry,
    replaceVariables: (text) => text,
    theme: THEME,
    timeZone: 'utc',
  });
}
