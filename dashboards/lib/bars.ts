import { PanelBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import * as common from '@grafana/grafana-foundation-sdk/common';
import { type Basics, basics, instant, type PanelSpec, type Query } from './panels.ts';
import { thresholds } from './style.ts';

export interface BarsOptions extends Basics {
  readonly queries: readonly Query[];
  readonly steps: readonly (readonly [number | null, string])[];
  readonly max?: number;
  readonly overrides?: Parameters<PanelBuilder['overrides']>[0];
}

/** The newest value of a few series next to each other. */
export function bars(o: BarsOptions): PanelSpec {
  const panel = basics(new PanelBuilder(), o)
    .targets(o.queries.map(instant))
    .orientation(common.VizOrientation.Horizontal)
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .valueMode(common.BarGaugeValueMode.Color)
    .showUnfilled(true)
    .min(0)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .text(new common.VizTextDisplayOptionsBuilder().titleSize(14).valueSize(18))
    .thresholds(thresholds(o.steps))
    .overrides(o.overrides ?? []);
  if (o.max !== undefined) panel.max(o.max);
  return { width: o.width, scenario: o.scenario, panel };
}
