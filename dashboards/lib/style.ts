import type { DynamicConfigValue, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { LAYERS, type LayerName, type Owner, PHASES, type Stage } from '../../src/contract/index.ts';

/** One hue per owner, so that a colour says who is asked first before a word is read. */
export const OWNER_COLOR: Readonly<Record<Owner, string>> = {
  caller: '#FF9830',
  network: '#5794F2',
  provider: '#F2495C',
  load: '#FADE2A',
};
export const OWNER_TEXT: Readonly<Record<Owner, string>> = {
  caller: 'our own code or credentials',
  network: 'the network between us',
  provider: 'the provider',
  load: 'our load on the provider',
};
export const STAGE_TEXT: Readonly<Record<Stage, string>> = {
  before_send: 'before sending',
  in_transit: 'on the way',
  after_response: 'after answer',
};
export const OK_COLOR = '#73BF69';
export const QUIET_COLOR = '#9FA7B3';

/** Shades of the owner's hue. */
export const LAYER_COLOR: Readonly<Record<LayerName, string>> = {
  client: '#A35A1F',
  dns: '#1F60C4',
  tcp: '#5794F2',
  proxy: '#8AB8FF',
  tls: '#8F6BF2',
  send: '#56C8E8',
  wait: '#B5179E',
  body: '#FF8FA3',
  endpoint: '#D9772B',
  auth: '#FF9830',
  payload: '#FFCB7D',
  throttling: '#FADE2A',
  service: '#F2495C',
  unknown: QUIET_COLOR,
};

export const fixed = (color: string): DynamicConfigValue => ({
  id: 'color',
  value: { mode: 'fixed', fixedColor: color },
});

/** Overrides that give every series named after a layer its colour. */
export const layerOverrides = LAYERS.map((l) => ({
  matcher: { id: 'byName', options: l.name },
  properties: [fixed(LAYER_COLOR[l.name])],
}));
/** Phases carry the names of the layers they can fail at, and their colours. */
export const phaseOverrides = layerOverrides.filter((o) => (PHASES as readonly string[]).includes(o.matcher.options));
/** The same for series named `layer · …`. */
export const layerPrefixOverrides = LAYERS.map((l) => ({
  matcher: { id: 'byRegexp', options: `/^${l.name}( |$)/` },
  properties: [fixed(LAYER_COLOR[l.name])],
}));
export const ownerOverrides = (Object.keys(OWNER_COLOR) as Owner[]).map((owner) => ({
  matcher: { id: 'byName', options: OWNER_TEXT[owner] },
  properties: [fixed(OWNER_COLOR[owner])],
}));

/** Maps cell texts to words and colours. */
export const mapping = (rows: Readonly<Record<string, { text?: string; color?: string }>>): ValueMapping => ({
  type: dashboard.MappingType.ValueToText,
  options: Object.fromEntries(Object.entries(rows).map(([value, r], index) => [value, { ...r, index }])),
});
const byLayer = (row: (l: (typeof LAYERS)[number]) => { text?: string; color?: string }): ValueMapping =>
  mapping(Object.fromEntries(LAYERS.map((l) => [l.name, row(l)])));

export const LAYER_MAPPING = byLayer((l) => ({ text: l.name, color: LAYER_COLOR[l.name] }));
export const OWNER_MAPPING = byLayer((l) => ({ text: OWNER_TEXT[l.owner], color: OWNER_COLOR[l.owner] }));
export const STAGE_MAPPING = byLayer((l) => ({ text: l.stage ? STAGE_TEXT[l.stage] : '–' }));
export const CHECK_MAPPING = byLayer((l) => ({ text: l.firstCheck }));

/** Thresholds of a failure ratio: quiet, above the floor of a spike, an outage for whoever waits for it. */
export const RATIO_STEPS: readonly [number | null, string][] = [
  [null, OK_COLOR],
  [0.02, '#FF9830'],
  [0.2, '#F2495C'],
];
export const thresholds = (steps: readonly (readonly [number | null, string])[]) =>
  new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps(steps.map(([value, color]) => ({ value, color })));
/** For numbers that are neither good nor bad. */
export const NEUTRAL_STEPS: readonly [number | null, string][] = [[null, '#3D4450']];

export const STAGE_COLOR: Readonly<Record<string, string>> = {
  [STAGE_TEXT.before_send]: OWNER_COLOR.network,
  [STAGE_TEXT.in_transit]: OWNER_COLOR.provider,
  [STAGE_TEXT.after_response]: OWNER_COLOR.caller,
};
export const RETRY_COLOR: Readonly<Record<string, string>> = {
  safe: OK_COLOR,
  early: OWNER_COLOR.load,
  pointless: OWNER_COLOR.caller,
  unsafe: OWNER_COLOR.provider,
};
