import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Scenario } from './scenarios.ts';
import { thresholds } from './style.ts';
import { PROMETHEUS } from './variables.ts';

export interface PanelSpec {
  /** Columns of the grid's 24. */
  readonly width: number;
  /** The situation in which the panel must show data. */
  readonly scenario: Scenario;
  readonly panel: Builder<dashboard.Panel>;
}

/** What every panel has; there is none without a description and a word for "no data". */
export interface Basics {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly width: number;
  readonly scenario: Scenario;
  /** Shown in place of an empty panel. */
  readonly empty: string;
  readonly decimals?: number;
}

export interface Query {
  readonly expr: string;
  readonly legend?: string;
  /** Ask for exemplars too: the points that lead to a trace. */
  readonly exemplar?: boolean;
}

const ref = (index: number): string => String.fromCharCode(65 + index);

const query = (q: Query, index: number) => {
  const built = new DataqueryBuilder()
    .refId(ref(index))
    .datasource(PROMETHEUS)
    .expr(q.expr)
    .legendFormat(q.legend ?? '__auto');
  return q.exemplar ? built.exemplar(true) : built;
};
export const ranged = (q: Query, index = 0): Builder<Dataquery> => query(q, index).range();
export const instant = (q: Query, index = 0): Builder<Dataquery> => query(q, index).instant();
export const tabular = (q: Query, index = 0): Builder<Dataquery> =>
  query(q, index).instant().format(PromQueryFormat.Table);

interface HasBasics {
  title(t: string): this;
  description(t: string): this;
  datasource(d: common.DataSourceRef): this;
  unit(u: string): this;
  noValue(t: string): this;
  decimals(n: number): this;
}
export function basics<B extends HasBasics>(panel: B, b: Basics): B {
  panel.title(b.title).description(b.description).datasource(PROMETHEUS).unit(b.unit).noValue(b.empty);
  return b.decimals === undefined ? panel : panel.decimals(b.decimals);
}

type Overrides = Parameters<TimeSeriesBuilder['overrides']>[0];

export interface StatOptions extends Basics {
  readonly query: Query;
  readonly steps?: readonly (readonly [number | null, string])[];
  /** `name` shows the series' name in place of its number. */
  readonly show?: 'value' | 'name';
  /** With a line of the time range behind the number, which then is the newest value. */
  readonly line?: boolean;
  readonly overrides?: Overrides;
  readonly links?: Parameters<StatBuilder['dataLinks']>[0];
}

/** One number or word. */
export function stat(o: StatOptions): PanelSpec {
  const panel = basics(new StatBuilder(), o)
    .withTarget(o.line ? ranged(o.query) : instant(o.query))
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .colorMode(common.BigValueColorMode.BackgroundSolid)
    .graphMode(o.line ? common.BigValueGraphMode.Area : common.BigValueGraphMode.None)
    .textMode(o.show === 'name' ? common.BigValueTextMode.Name : common.BigValueTextMode.Value)
    .justifyMode(common.BigValueJustifyMode.Center)
    .thresholds(thresholds(o.steps ?? [[null, '#3D4450']]))
    .overrides(o.overrides ?? []);
  if (o.links) panel.dataLinks(o.links);
  return { width: o.width, scenario: o.scenario, panel };
}

export interface SeriesOptions extends Basics {
  readonly queries: readonly Query[];
  /** Areas on top of each other: for parts of a whole. */
  readonly stacked?: boolean;
  readonly overrides?: Overrides;
  readonly legend?: 'table' | 'list';
  readonly max?: number;
  readonly steps?: readonly (readonly [number | null, string])[];
}

/** Curves over time. */
export function timeSeries(o: SeriesOptions): PanelSpec {
  const panel = basics(new TimeSeriesBuilder(), o)
    .targets(o.queries.map(ranged))
    .min(0)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
    .lineWidth(o.stacked ? 0 : 2)
    .fillOpacity(o.stacked ? 75 : 0)
    .showPoints(common.VisibilityMode.Never)
    .axisBorderShow(false)
    .stacking(
      new common.StackingConfigBuilder().mode(o.stacked ? common.StackingMode.Normal : common.StackingMode.None),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    )
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(o.legend === 'table' ? common.LegendDisplayMode.Table : common.LegendDisplayMode.List)
        .placement(o.legend === 'table' ? common.LegendPlacement.Right : common.LegendPlacement.Bottom)
        .calcs(o.legend === 'table' ? ['lastNotNull', 'max'] : []),
    )
    .overrides(o.overrides ?? []);
  if (o.max !== undefined) panel.max(o.max);
  if (o.steps) {
    panel
      .thresholds(thresholds(o.steps))
      .thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed));
  }
  return { width: o.width, scenario: o.scenario, panel };
}
