import type { Notification } from './notify.ts';
import { EPOCH } from './simulate.ts';
import { DAY, END, type Incident, JUDGED_FROM } from './world.ts';

export interface Score {
  readonly incidents: number;
  readonly found: number;
  readonly pages: number;
  readonly right: number;
  readonly days: number;
  /** Seconds from onset to page, of the incidents that were due a page. */
  readonly delays: readonly number[];
  /** Pages of the incidents that had any. */
  readonly perIncident: readonly number[];
  readonly missed: readonly Incident[];
  readonly wrong: readonly Notification[];
  /** Every notification of the judged days, and every incident there was. */
  readonly judged: readonly Notification[];
  readonly labelled: readonly Incident[];
}

/** How long after its end an incident may still be paged about: the windows of the rules still hold it. */
const AFTER = 15 * 60;

/** An incident's own labels are in the alert: its provider, and its service if the alert names one. */
export const concerns = (n: Notification, i: Incident): boolean =>
  n.firings.some(
    ({ labels }) =>
      labels['api_provider_name'] === i.provider &&
      (i.service === undefined || labels['service_name'] === undefined || labels['service_name'] === i.service),
  ) &&
  n.from - EPOCH >= i.start &&
  n.from - EPOCH <= i.end + AFTER;

/** What counts for whom: incidents due a page need one; those due a ticket may have either. */
export function score(notifications: readonly Notification[], incidents: readonly Incident[]): Score {
  const judged = notifications.filter((n) => n.from - EPOCH >= JUDGED_FROM);
  const pages = judged.filter((n) => n.severity === 'page');
  const wrong = pages.filter((n) => !incidents.some((i) => concerns(n, i)));
  const delays: number[] = [];
  const perIncident: number[] = [];
  const missed: Incident[] = [];
  for (const incident of incidents) {
    const about = (incident.due === 'page' ? pages : judged).filter((n) => concerns(n, incident));
    if (about.length === 0) missed.push(incident);
    else if (incident.due === 'page') {
      delays.push(Math.max(0, about[0]!.from - EPOCH - incident.onset));
      perIncident.push(about.length);
    }
  }
  return {
    incidents: incidents.length,
    found: incidents.length - missed.length,
    pages: pages.length,
    right: pages.length - wrong.length,
    days: (END - JUDGED_FROM) / DAY,
    delays,
    perIncident,
    missed,
    wrong,
    judged,
    labelled: incidents,
  };
}

export interface Figures {
  readonly recall: number;
  readonly precision: number;
  readonly falsePerWeek: number;
  readonly medianMinutes: number;
  readonly p90Minutes: number;
  readonly pagesPerIncident: number;
}

/** What the shipped rules promise. */
const TARGETS: { readonly [K in keyof Figures]: readonly [least: number, most: number] } = {
  recall: [0.98, 1],
  precision: [0.98, 1],
  falsePerWeek: [0, 2],
  medianMinutes: [0, 3],
  p90Minutes: [0, 6],
  pagesPerIncident: [0, 1.2],
};

/** The targets that these figures miss, a sentence each. */
export const shortfalls = (f: Figures): string[] =>
  (Object.keys(TARGETS) as (keyof Figures)[]).flatMap((name) => {
    const [least, most] = TARGETS[name];
    return f[name] >= least && f[name] <= most ? [] : [`${name} is ${f[name].toFixed(3)}, wanted ${least} to ${most}`];
  });

/** Several seeds as one: counts are added, delays pooled, false pages an average week. */
export function figures(scores: readonly Score[]): Figures {
  const sum = (f: (s: Score) => number) => scores.reduce((n, s) => n + f(s), 0);
  const delays = scores.flatMap((s) => s.delays).toSorted((a, b) => a - b);
  const per = scores.flatMap((s) => s.perIncident);
  const at = (q: number) => (delays[Math.min(delays.length - 1, Math.floor(q * delays.length))] ?? Number.NaN) / 60;
  return {
    recall: sum((s) => s.found) / sum((s) => s.incidents),
    precision: sum((s) => s.pages) === 0 ? 1 : sum((s) => s.right) / sum((s) => s.pages),
    falsePerWeek: (sum((s) => s.wrong.length) / sum((s) => s.days)) * 7,
    medianMinutes: at(0.5),
    p90Minutes: at(0.9),
    pagesPerIncident: per.reduce((a, b) => a + b, 0) / Math.max(1, per.length),
  };
}
