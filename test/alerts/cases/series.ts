import { JOBS } from '../../../alerts/rules/health.ts';
import { METRICS } from '../../../src/contract/index.ts';

/** Seconds between two samples of a case. */
export const STEP = 30;
export const minutes = (n: number): number => (n * 60) / STEP;
export const hours = (n: number): number => minutes(60 * n);

/** A piece of a series: so many steps with this growth per step, `gap` without samples, or `restart` from zero. */
export type Piece = readonly [growth: number | 'gap', steps: number] | 'restart';

/** The same pieces so many times. */
export const repeat = (times: number, ...pieces: readonly Piece[]): Piece[] =>
  Array.from({ length: times }, () => pieces).flat();

/** A counter in promtool's notation (`start+growthxtimes`). */
export function counter(...pieces: Piece[]): string {
  let value = 0;
  const parts: string[] = [];
  for (const piece of pieces) {
    if (piece === 'restart') {
      value = 0;
      continue;
    }
    const [growth, steps] = piece;
    if (growth === 'gap') parts.push(`_x${steps}`);
    else {
      parts.push(`${value + growth}+${growth}x${steps - 1}`);
      value += growth * steps;
    }
  }
  return parts.join(' ');
}

/** A gauge: values, each held for so many steps. */
export const gauge = (...pieces: readonly (readonly [value: number, steps: number])[]): string =>
  pieces.map(([value, steps]) => `${value}x${steps - 1}`).join(' ');

export type Labels = Readonly<Record<string, string>>;
export type Series = readonly [selector: string, values: string];

const selector = (name: string, labels: Labels): string =>
  `${name}{${Object.entries(labels)
    .map(([k, v]) => `${k}=${JSON.stringify(v)}`)
    .join(',')}}`;

const who = (service: string, provider: string) => ({ service_name: service, api_provider_name: provider });
/** Whom most cases are about. */
export const CHECKOUT = who('checkout', 'stripe');

export const calls = (values: string, service = 'checkout', provider = 'stripe'): Series => [
  selector(METRICS.calls.name, who(service, provider)),
  values,
];

export const failures = (
  values: string,
  layer: string,
  code: string,
  service = 'checkout',
  provider = 'stripe',
): Series => [
  selector(METRICS.calls.name, { ...who(service, provider), api_failure_layer: layer, api_provider_code: code }),
  values,
];

export const retries = (values: string, kind: string): Series => [
  selector(METRICS.retries.name, { ...CHECKOUT, api_retry_kind: kind }),
  values,
];

export const metric = (name: string, labels: Labels, values: string): Series => [selector(name, labels), values];

/** The collector answers every scrape for this long. */
export const scraped = (steps: number): Series =>
  metric('up', { job: JOBS.collector, instance: 'collector:9468' }, gauge([1, steps]));
