import type { Notification } from './notify.ts';
import { EPOCH } from './simulate.ts';
import { DAY, END, type Incident, JUDGED_FROM } from './world.ts';

/** The counts of one set of rules over one seed: what the figures are made of. */
export interface Tally {
  readonly incidents: number;
  readonly found: number;
  readonly pages: number;
  readonly right: number;
  readonly days: number;
  /** Seconds from onset to page, of the incidents that were due a page. */
  readonly delays: readonly number[];
  /** Pages of the incidents that had any. */
  readonly perIncident: readonly number[];
}

export interface Score {
  readonly tally: Tally;
  readonly missed: readonly Incident[];
  readonly wrong: readonly Notification[];
  /** Every notification of the judged days, and every incident there was. */
  readonly judged: readonly Notification[];
  readonly labelled: readonly Incident[];
}

/** How long after its end an incident may still be paged about: the windows of the rules still hold it. */
const AFTER = 15 * 60;

/** An incident's own labels are in the alert: its provider, and its service if the alert names one. */
export const concerns = (n: Notification, i: Incident, firings = n.firings): boolean =>
  firings.some(
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
  const tally = {
    incidents: incidents.length,
    found: incidents.length - missed.length,
    pages: pages.length,
    right: pages.length - wrong.length,
    days: (END - JUDGED_FROM) / DAY,
    delays,
    perIncident,
  };
  return { tally, missed, wrong, judged, labelled: incidents };
}

/** One alert alone. */
export interface RuleTally {
  /** Notifications that it is in, and those of them that are of an incident. */
  readonly sent: number;
  readonly right: number;
  /** Incidents it is made for, those it told of, and those that anything told of. */
  readonly own: number;
  readonly told: number;
  readonly found: number;
  /** Seconds from onset to its notification, of those it told of. */
  readonly delays: readonly number[];
}

export function ruleTally(alert: string, { judged, labelled, missed }: Score): RuleTally {
  const mine = judged.filter((n) => n.firings.some((f) => f.alert === alert));
  const own = labelled.filter((i) => i.by === alert);
  const first = own.flatMap((i) => {
    const n = mine.find((m) =>
      concerns(
        m,
        i,
        m.firings.filter((f) => f.alert === alert),
      ),
    );
    return n === undefined ? [] : [Math.max(0, n.from - EPOCH - i.onset)];
  });
  return {
    sent: mine.length,
    right: mine.filter((n) => labelled.some((i) => concerns(n, i))).length,
    own: own.length,
    told: first.length,
    found: own.filter((i) => !missed.includes(i)).length,
    delays: first,
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

/** Minutes below which this share of the delays is. */
export function minutesAt(q: number, delays: readonly number[]): number {
  const sorted = delays.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN) / 60;
}

/** Several seeds as one: counts are added, delays pooled, false pages an average week. */
export function figures(tallies: readonly Tally[]): Figures {
  const sum = (f: (t: Tally) => number) => tallies.reduce((n, t) => n + f(t), 0);
  const delays = tallies.flatMap((t) => t.delays);
  const per = tallies.flatMap((t) => t.perIncident);
  return {
    recall: sum((t) => t.found) / sum((t) => t.incidents),
    precision: sum((t) => t.pages) === 0 ? 1 : sum((t) => t.right) / sum((t) => t.pages),
    falsePerWeek: (sum((t) => t.pages - t.right) / sum((t) => t.days)) * 7,
    medianMinutes: minutesAt(0.5, delays),
    p90Minutes: minutesAt(0.9, delays),
    pagesPerIncident: per.reduce((a, b) => a + b, 0) / Math.max(1, per.length),
  };
}
