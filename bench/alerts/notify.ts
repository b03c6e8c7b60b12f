import { GROUP_BY, INHIBITIONS, type Inhibition } from '../../alerts/routing/alertmanager.ts';
import type { Firing } from './timeline.ts';

/** What reaches somebody: one group of alerts, from its first notification until the last of them ends. */
export interface Notification {
  readonly severity: 'page' | 'ticket';
  readonly firings: Firing[];
  readonly from: number;
  to: number;
}

/** Alertmanager's inhibition and grouping with the shipped tables; `wait` is group_wait in seconds. */
export function notifications(all: readonly Firing[], wait: number): Notification[] {
  const groups = new Map<string, Notification[]>();
  const sorted = all.toSorted((a, b) => a.from - b.from);
  for (const firing of sorted) {
    const severity = firing.labels['severity'];
    if (severity !== 'page' && severity !== 'ticket') continue;
    const said = uninhibited(firing, sorted, wait);
    if (said === undefined) continue;
    const key = GROUP_BY.map((label) => firing.labels[label] ?? '').join('\0');
    const list = groups.get(key) ?? [];
    groups.set(key, list);
    const open = list.at(-1);
    if (open !== undefined && said <= open.to) {
      open.firings.push(firing);
      open.to = Math.max(open.to, firing.to);
    } else list.push({ severity, firings: [firing], from: said, to: firing.to });
  }
  return [...groups.values()].flat().toSorted((a, b) => a.from - b.from);
}

/** When the alert is first sent: after group_wait and after all that inhibits it; undefined when that is never. */
function uninhibited(firing: Firing, all: readonly Firing[], wait: number): number | undefined {
  let at = firing.from + wait;
  for (let moved = true; moved; ) {
    moved = false;
    for (const source of all) {
      if (source === firing || source.from > at || source.to <= at) continue;
      if (INHIBITIONS.some((rule) => inhibits(rule, source, firing))) {
        at = source.to;
        moved = true;
      }
    }
  }
  return at < firing.to ? at : undefined;
}

const inhibits = (rule: Inhibition, source: Firing, target: Firing): boolean =>
  rule.source_matchers.every((m) => matches(m, source)) &&
  rule.target_matchers.every((m) => matches(m, target)) &&
  rule.equal.every((label) => (source.labels[label] ?? '') === (target.labels[label] ?? ''));

function matches(matcher: string, firing: Firing): boolean {
  const [, label, op, value] = /^(\w+)(=~|=)"([^"]*)"$/.exec(matcher)!;
  const actual = label === 'alertname' ? firing.alert : (firing.labels[label!] ?? '');
  return op === '=' ? actual === value : new RegExp(`^(?:${value})$`).test(actual);
}
