import { alertsOf, type Group } from '../../../alerts/groups.ts';

/**
 * The groups with this one alert and only the recording rules that it is computed from: it fires over them as it does over
 * all, and promtool, which evaluates whatever it is given at every step, is done in a part of the time.
 */
export function neededBy(groups: readonly Group[], alert: string): Group[] {
  const rules = groups.flatMap((g) => g.rules);
  const needed = new Set<Group['rules'][number]>(alertsOf(groups).filter((r) => r.alert === alert));
  if (needed.size === 0) throw new Error(`there is no alert ${alert}`);
  for (const { expr } of needed) {
    const read = new Set(expr.match(/[\w:]+/g));
    for (const rule of rules) if ('record' in rule && read.has(rule.record)) needed.add(rule);
  }
  return groups.map((g) => ({ ...g, rules: g.rules.filter((r) => needed.has(r)) })).filter((g) => g.rules.length > 0);
}
