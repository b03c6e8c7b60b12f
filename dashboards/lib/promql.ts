import { LAYERS, METRICS, type Owner, type Stage } from '../../src/contract/index.ts';

/** Share of calls from which a failure counts as going on: the floor below which no spike pages either. */
export const FAILING_RATIO = 0.02;

/** Dashboard variables and the label each one selects. */
export const VARIABLE_LABELS = {
  service_name: 'service_name',
  provider: 'api_provider_name',
  layer: 'api_failure_layer',
  code: 'api_provider_code',
} as const;
export type Variable = keyof typeof VARIABLE_LABELS;

/**
 * `label=~\`${variable:regex}\``. The raw string is needed because the regex format writes `\.` and escapes no `"`:
 * inside double quotes PromQL refuses the first as an unknown escape sequence and ends the string at the second.
 */
export const chosen = (variable: Variable): string => `${VARIABLE_LABELS[variable]}=~\`\${${variable}:regex}\``;

const matchers = (...parts: readonly (string | undefined)[]): string => {
  const kept = parts.filter((p) => p !== undefined && p !== '');
  return kept.length === 0 ? '' : `{${kept.join(', ')}}`;
};

export const FAILED = 'api_failure_layer!=""';

/** `name{matcher, matcher}`. */
export const series = (name: string, ...parts: readonly (string | undefined)[]): string =>
  `${name}${matchers(...parts)}`;

export const rate = (selector: string): string => `rate(${selector}[$__rate_interval])`;
export const increase = (selector: string): string => `increase(${selector}[$__range])`;
export const sum = (expr: string, ...by: readonly string[]): string =>
  by.length === 0 ? `sum(${expr})` : `sum by (${by.join(', ')}) (${expr})`;

/** Calls per second that match. */
export const calls = (parts: readonly string[], ...by: readonly string[]): string =>
  sum(rate(series(METRICS.calls.name, ...parts)), ...by);

/** Failed calls per second that match. */
export const failures = (parts: readonly string[], ...by: readonly string[]): string =>
  calls([...parts, FAILED], ...by);

/** `a / b`, matched on the labels of b when there are any. */
export const ratio = (a: string, b: string, ...on: readonly string[]): string =>
  on.length === 0 ? `${a}\n/\n${b}` : `${a}\n/ on (${on.join(', ')}) group_left ()\n${b}`;

export const quantile = (q: number, histogram: string, parts: readonly string[], ...by: readonly string[]): string =>
  `histogram_quantile(${q}, ${sum(rate(series(`${histogram}_bucket`, ...parts)), ...by, 'le')})`;

const layersOf = (keep: (l: (typeof LAYERS)[number]) => boolean): string =>
  `api_failure_layer=~"${LAYERS.filter(keep)
    .map((l) => l.name)
    .join('|')}"`;
/** Matches the layers of one owner; the owner itself is no label. */
export const ownedBy = (owner: Owner): string => layersOf((l) => l.owner === owner);
export const atStage = (stage: Stage): string => layersOf((l) => l.stage === stage);

/**
 * When the failure that goes on now began, in Unix seconds: the newest moment at which the share was not above
 * FAILING_RATIO, else (a series that was born failing, or failed all along) the first moment at which it was.
 * Empty where nothing is failing now.
 */
export const failingSince = (share: string): string => {
  const over = (comparison: string, fn: string) =>
    `${fn}(timestamp((\n${share}\n) ${comparison} ${FAILING_RATIO})[$__range:$__interval])`;
  return `(\n${over('<=', 'max_over_time')}\nor\n${over('>', 'min_over_time')}\n)\nand\n(\n${share}\n) > ${FAILING_RATIO}`;
};
