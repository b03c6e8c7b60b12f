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

/** Relative luminance and contrast of `#rrggbb` colours by WCAG 2. */
function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
export const contrast = (light: string, dark: string): number => (luminance(light) + 0.05) / (luminance(dark) + 0.05);

/** Grafana writes in this colour on any background, but for very bright ones. */
const TEXT = '#F7F8FA';
/** The colour as a background behind text: as much darker as a contrast of 4.5 needs. */
export function behindText(color: string): string {
  const at = (share: number) =>
    color.replace(/[0-9A-F]{2}/gi, (hex) =>
      Math.floor(Number.parseInt(hex, 16) * share)
        .toString(16)
        .padStart(2, '0'),
    );
  let share = 1;
  while (contrast(TEXT, at(share)) < 4.5) share -= 0.01;
  return at(share);
}

const fixed = (color: string): DynamicConfigValue => ({ id: 'color', value: { mode: 'fixed', fixedColor: color } });

const same = (color: string): string => color;
/** Overrides that give series of these names these colours, or a shade of each. */
export const named = (colors: Readonly<Record<string, string>>, shade = same) =>
  Object.entries(colors).map(([name, color]) => ({
    matcher: { id: 'byName', options: name },
    properties: [fixed(shade(color))],
  }));

/** Every series named after a layer has its colour. */
export const layerOverrides = named(LAYER_COLOR);
/** Phases carry the names of the layers they can fail at, and their colours. */
export const phaseOverrides = layerOverrides.filter((o) => (PHASES as readonly string[]).includes(o.matcher.options));
/** The same for series named `layer · …`. */
export const layerPrefixOverrides = (shade = same) =>
  LAYERS.map((l) => ({
    matcher: { id: 'byRegexp', options: `/^${l.name}( |$)/` },
    properties: [fixed(shade(LAYER_COLOR[l.name]))],
  }));
export const ownerOverrides = (shade = same) =>
  (Object.keys(OWNER_COLOR) as Owner[]).flatMap((owner) => named({ [OWNER_TEXT[owner]]: OWNER_COLOR[owner] }, shade));

/** Maps the names of layers in cells to words and colours. */
const byLayer = (row: (l: (typeof LAYERS)[number]) => { text: string; color?: string }): ValueMapping => ({
  type: dashboard.MappingType.ValueToText,
  options: Object.fromEntries(LAYERS.map((l, index) => [l.name, { ...row(l), index }])),
});

export const LAYER_MAPPING = byLayer((l) => ({ text: l.name, color: behindText(LAYER_COLOR[l.name]) }));
export const OWNER_MAPPING = byLayer((l) => ({ text: OWNER_TEXT[l.owner], color: OWNER_COLOR[l.owner] }));
export const STAGE_MAPPING = byLayer((l) => ({ text: l.stage ? STAGE_TEXT[l.stage] : '–' }));
export const CHECK_MAPPING = byLayer((l) => ({ text: l.firstCheck }));

/** Colours from these values on; `null` is the lowest. */
export type Steps = readonly (readonly [number | null, string])[];
const [RED, ORANGE] = [OWNER_COLOR.provider, OWNER_COLOR.caller];
/** The more, the worse. */
export const rising = (orange: number, red: number): Steps => [
  [null, OK_COLOR],
  [orange, ORANGE],
  [red, RED],
];
/** The less, the worse. */
export const falling = (orange: number, green: number): Steps => [
  [null, RED],
  [orange, ORANGE],
  [green, OK_COLOR],
];
/** A share of calls that fail: quiet, above the floor of a spike, an outage for whoever waits for it. */
export const SHARE = { unit: 'percentunit', decimals: 1, steps: rising(0.02, 0.2) } as const;
export const MOMENT = { unit: 'dateTimeAsIsoNoDateIfToday' } as const;
export const COUNT = { unit: 'locale', decimals: 0 } as const;
export const thresholds = (steps: Steps) =>
  new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps(steps.map(([value, color]) => ({ value, color })));
/** For numbers that are neither good nor bad. */
export const NEUTRAL_STEPS: Steps = [[null, '#3D4450']];

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
