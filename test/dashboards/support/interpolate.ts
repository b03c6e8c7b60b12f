import type { Variable } from '../../../dashboards/lib/promql.ts';
import type { Window } from './prometheus.ts';

export const ALL = '$__all';
export type Choice = Readonly<Record<Variable, string | readonly string[]>>;

/** Grafana's escape of the `regex` format (@grafana/data, `escapeRegex`). */
const escapeRegex = (text: string): string => text.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&');

/** `${name:regex}`: all is the variable's own `allValue` as it is, several values are an alternation. */
function regexFormat(value: string | readonly string[]): string {
  if (value === ALL) return '.*';
  if (typeof value === 'string') return escapeRegex(value);
  return value.length === 1 ? escapeRegex(value[0]!) : `(${value.map(escapeRegex).join('|')})`;
}

/** A query as Grafana would send it. The scrape interval is the 15 s of the provisioned data source. */
export function interpolate(expr: string, choice: Choice, window: Window, scrapeSeconds = 15): string {
  const text = expr
    .replaceAll('$__rate_interval', `${Math.max(window.stepSeconds + scrapeSeconds, 4 * scrapeSeconds)}s`)
    .replaceAll('$__range_s', `${Math.round((window.endMs - window.startMs) / 1000)}`)
    .replaceAll('$__range', `${Math.round((window.endMs - window.startMs) / 1000)}s`)
    .replaceAll('$__interval', `${window.stepSeconds}s`)
    .replace(/\$\{(\w+):regex\}/g, (_all, name: Variable) => regexFormat(choice[name]));
  const left = /\$\{?\w+/.exec(text.replace(/"\$1"/g, ''));
  if (left && !Object.values(choice).some((v) => v.includes('$')))
    throw new Error(`${left[0]} is not replaced in ${expr}`);
  return text;
}
