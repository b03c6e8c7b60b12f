import { PanelBuilder as BarsBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { behindText, NEUTRAL_STEPS, type Steps, thresholds } from './style.ts';
import { PROMETHEUS } from './variables.ts';

export interface PanelSpec {
  /** Columns of the grid's 24; panels without one share what the others of their row leave. */
  readonly width?: number | undefined;
  readonly panel: Builder<dashboard.Panel>;
}

/** What every panel has. */
export interface Basics {
  readonly title: string;
  readonly description: string;
  readonly width?: number;
  /** Calls per second unless it is said. */
  readonly unit?: string;
  /** Shown in place of an empty panel; `no calls` unless it is said. */
  readonly empty?: string;
  readonly decimals?: number;
}

/** Expressions by their legend. */
export type Queries = Readonly<Record<string, string>>;

const query = (expr: string, index = 0, legend = '__auto') =>
  new DataqueryBuilder()
    .refId(String.fromCharCode(65 + index))
    .datasource(PROMETHEUS)
    .expr(expr)
    .legendFormat(legend);
export const tabular = (expr: string, index: number): Builder<Dataquery> =>
  query(expr, index).instant().format(PromQueryFormat.Table);

interface HasBasics {
  title(t: string): this;
  description(t: string): this;
  datasource(d: common.DataSourceRef): this;
  unit(u: string): this;
  noValue(t: string): this;
  decimals(n: number): this;
}
export function basics<B extends HasBasics>(panel: B, b: Basics): B {
  const { title, description, unit = 'reqps', empty = 'no calls', decimals } = b;
  panel.title(title).description(description).datasource(PROMETHEUS).unit(unit).noValue(empty);
  return decimals === undefined ? panel : panel.decimals(decimals);
}

type Overrides = Parameters<TimeSeriesBuilder['overrides']>[0];
const newest = () => new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);

interface StatOptions extends Basics {
  readonly expr: string;
  readonly legend?: string;
  readonly steps?: Steps;
  /** `name` shows the series' name in place of its number. */
  readonly show?: 'value' | 'name';
  /** With a line of the time range behind the number, which then is the newest value. */
  readonly line?: boolean;
  readonly overrides?: Overrides;
}

/** One number or word. */
export function stat(o: StatOptions): PanelSpec {
  const { BigValueColorMode, BigValueGraphMode, BigValueTextMode, BigValueJustifyMode } = common;
  const asked = query(o.expr, 0, o.legend);
  const panel = basics(new StatBuilder(), o)
    .withTarget(o.line ? asked.range() : asked.instant())
    .reduceOptions(newest())
    .colorMode(BigValueColorMode.BackgroundSolid)
    .graphMode(o.line ? BigValueGraphMode.Area : BigValueGraphMode.None)
    .textMode(o.show === 'name' ? BigValueTextMode.Name : BigValueTextMode.Value)
    .justifyMode(BigValueJustifyMode.Center)
    .thresholds(thresholds((o.steps ?? NEUTRAL_STEPS).map(([from, color]) => [from, behindText(color)] as const)))
    .overrides(o.overrides ?? []);
  return { width: o.width, panel };
}

interface Several extends Basics {
  readonly queries: Queries;
  readonly overrides?: Overrides;
  readonly max?: number;
  readonly steps?: Steps;
}

/** The newest value of a few series next to each other. */
export function bars(o: Several & { readonly steps: Steps }): PanelSpec {
  const panel = basics(new BarsBuilder(), o)
    .targets(Object.entries(o.queries).map(([legend, expr], i) => query(expr, i, legend).instant()))
    .orientation(common.VizOrientation.Horizontal)
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .valueMode(common.BarGaugeValueMode.Text)
    .showUnfilled(true)
    .min(0)
    .reduceOptions(newest())
    .text(new common.VizTextDisplayOptionsBuilder().titleSize(14).valueSize(18))
    .thresholds(thresholds(o.steps))
    .overrides(o.overrides ?? []);
  if (o.max !== undefined) panel.max(o.max);
  return { width: o.width, panel };
}

interface SeriesOptions extends Several {
  /** Legend of the query that asks for exemplars, too: the points that lead to a trace. */
  readonly exemplars?: string;
  /** Areas on top of each other: for parts of a whole. */
  readonly stacked?: boolean;
  readonly legend?: 'table' | 'list';
}

/** Curves over time. */
export function timeSeries(o: SeriesOptions): PanelSpec {
  const { LegendDisplayMode, LegendPlacement, StackingMode, TooltipDisplayMode, GraphThresholdsStyleMode } = common;
  const tabled = o.legend === 'table';
  const queries = Object.entries(o.queries).map(([legend, expr], i) => {
    const asked = query(expr, i, legend);
    return (legend === o.exemplars ? asked.exemplar(true) : asked).range();
  });
  const panel = basics(new TimeSeriesBuilder(), o)
    .targets(queries)
    .min(0)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
    .lineWidth(o.stacked ? 0 : 2)
    .fillOpacity(o.stacked ? 75 : 0)
    .showPoints(common.VisibilityMode.Never)
    .axisBorderShow(false)
    .stacking(new common.StackingConfigBuilder().mode(o.stacked ? StackingMode.Normal : StackingMode.None))
    .tooltip(new common.VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(common.SortOrder.Descending))
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(tabled ? LegendDisplayMode.Table : LegendDisplayMode.List)
        .placement(tabled ? LegendPlacement.Right : LegendPlacement.Bottom)
        .calcs(tabled ? ['lastNotNull', 'max'] : []),
    )
    .overrides(o.overrides ?? []);
  if (o.max !== undefined) panel.max(o.max);
  if (o.steps)
    panel
      .thresholds(thresholds(o.steps))
      .thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  return { width: o.width, panel };
}
