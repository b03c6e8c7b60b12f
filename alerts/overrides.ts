import type { Context, Override } from './options.ts';
import { BY_SERVICE, ON_SERVICE } from './promql.ts';
import type { Overridable } from './thresholds.ts';

/** PromQL escapes as Go does, of which JSON is a subset. */
const selector = ({ service, provider }: Override): string =>
  Object.entries({ service_name: service, api_provider_name: provider })
    .flatMap(([label, value]) => (value === undefined ? [] : [`${label}=${JSON.stringify(value)}`]))
    .join(',');

/** Service and provider before service alone before provider alone: the narrower override wins. */
const rank = (o: Override): number => (o.service === undefined ? 0 : 2) + (o.provider === undefined ? 0 : 1);

/** Overrides of one number as a vector by service and provider, narrowest first; undefined when nobody overrides it. */
export function overrideVector(c: Context, name: Overridable, series: string): string | undefined {
  const rows = c.overrides.filter((o) => o.set[name] !== undefined).toSorted((a, b) => rank(b) - rank(a));
  if (rows.length === 0) return undefined;
  return rows.map((o) => `${series}{${selector(o)}} * 0 + ${o.set[name]}`).join('\n  or\n');
}

/**
 * `left op number`, where the number may differ by service and provider. Without overrides it is the literal `or`,
 * so that a rule file nobody customised reads as plainly as one written by hand.
 */
export function compare(c: Context, left: string, op: string, name: Overridable, or: number, series: string): string {
  const vector = overrideVector(c, name, series);
  if (vector === undefined) return `${left} ${op} ${or}`;
  return `${left} ${op} ${ON_SERVICE} (\n  ${vector}\n  or\n  max by (${BY_SERVICE}) (${series}) * 0 + ${or}\n)`;
}
