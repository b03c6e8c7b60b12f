import { LAYERS, METRICS } from '../../src/contract/index.ts';

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

/** What one failure is: the same four labels in the pages, in the links and here. */
export const PAIR = ['service_name', 'api_provider_name'] as const;
export const FAILURE = [...PAIR, 'api_failure_layer', 'api_provider_code'] as const;

export const FAILED = 'api_failure_layer!=""';
/** All calls of the chosen services and providers; what a share is a share of. */
export const ALL = [chosen('service_name'), chosen('provider')];
/** Those of the chosen layers and codes. */
export const SELECTED = [...ALL, chosen('layer'), chosen('code')];

/** `name{matcher, matcher}`. */
export const series = (name: string, parts: readonly string[]): string =>
  parts.length === 0 ? name : `${name}{${parts.join(', ')}}`;

export const sum = (expr: string, ...by: readonly string[]): string =>
  by.length === 0 ? `sum(${expr})` : `sum by (${by.join(', ')}) (${expr})`;

/** A counter's growth per second. */
export const perSecond = (name: string, parts: readonly string[], ...by: readonly string[]): string =>
  sum(`rate(${series(name, parts)}[$__rate_interval])`, ...by);

/** Calls per second that match. */
export const calls = (parts: readonly string[], ...by: readonly string[]): string =>
  perSecond(METRICS.calls.name, parts, ...by);

/** Failed calls per second that match. */
export const failures = (parts: readonly string[], ...by: readonly string[]): string =>
  calls([...parts, FAILED], ...by);

/** Calls per second without cancelled ones, which are in no share. Those have no labels but service and provider. */
export const ended = (parts: readonly string[], ...by: (typeof PAIR)[number][]): string => {
  const all = calls(parts, ...by);
  return `(${all} - ${perSecond(METRICS.cancelled.name, parts, ...by)} or ${all})`;
};

/** Calls in the time range that match. */
export const callsInRange = (parts: readonly string[], ...by: readonly string[]): string =>
  sum(`increase(${series(METRICS.calls.name, parts)}[$__range])`, ...by);

/** `a / b`, matched on the labels of b when there are any. */
export const ratio = (a: string, b: string, ...on: readonly string[]): string =>
  on.length === 0 ? `${a}\n/\n${b}` : `${a}\n/ on (${on.join(', ')}) group_left ()\n${b}`;

/** The failing share of each group of `all`, calls per second, 0 where none fails. */
export const shareBy = (failed: readonly string[], all: string, ...by: readonly string[]): string =>
  ratio(`(${failures(failed, ...by)} or ${all} * 0)`, all);

/** Share of the calls of a service to a provider that end as each failure. */
export const shareByFailure = ratio(failures(SELECTED, ...FAILURE), ended(ALL, ...PAIR), ...PAIR);
export const failingNow = `(\n${shareByFailure}\n) > ${FAILING_RATIO}`;
export const share = `(${failures(SELECTED)} or vector(0))\n/\n${ended(ALL)}`;

export const quantile = (q: number, histogram: string, parts: readonly string[], ...by: readonly string[]): string =>
  `histogram_quantile(${q}, ${perSecond(`${histogram}_bucket`, parts, ...by, 'le')})`;

/** Quantiles of all calls, by their names. */
export const quantiles = (qs: readonly number[], histogram: string): Record<string, string> =>
  Object.fromEntries(qs.map((q) => [`p${q * 100}`, quantile(q, histogram, ALL)]));

/** The names of these layers as a regular expression; owner and stage are no labels, but follow from the layer. */
export const layersOf = (keep: (l: (typeof LAYERS)[number]) => boolean): string =>
  LAYERS.flatMap((l) => (keep(l) ? [l.name] : [])).join('|');

/** Copies the layer into further labels, so that its owner, stage and first check can be columns of their own. */
export const withLayerAs = (expr: string, ...labels: readonly string[]): string =>
  labels.reduce((inner, label) => `label_replace(${inner}, "${label}", "$1", "api_failure_layer", "(.+)")`, expr);

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
