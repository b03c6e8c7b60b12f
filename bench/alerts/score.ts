import type { Notification } from './notify.ts';
import { DAY, END, EPOCH, type Incident, JUDGED_FROM, type World } from './world.ts';

/** What happened to the incidents of one class. */
export interface ClassTally {
  readonly incidents: number;
  readonly found: number;
  readonly notifications: number;
  /** Seconds from onset to notification. */
  readonly delays: readonly number[];
}

/** The counts of one set of rules over one seed: what the figures are made of. */
export interface Tally {
  readonly incidents: number;
  readonly found: number;
  readonly pages: number;
  readonly right: number;
  readonly services: number;
  readonly days: number;
  readonly strayTickets: number;
  readonly classes: Readonly<Record<string, ClassTally>>;
  /** Pages that nothing was wrong at, by the class of the service. */
  readonly falsely: Readonly<Record<string, number>>;
  /** Pages beyond those that an incident may have. */
  readonly repeated: number;
  /** Incidents that were due a page, and pages that they had. */
  readonly paged: readonly [incidents: number, pages: number];
}

export interface Score {
  readonly tally: Tally;
  readonly missed: readonly Incident[];
  readonly wrong: readonly Notification[];
  readonly judged: readonly Notification[];
}

/** How long after its end an incident may still be paged about: the windows of the rules still hold it. */
const AFTER = 15 * 60;
/** An either's page is told from what is there longer. */
const AFTER_TICKET = 2 * 3600;

/** An incident's own labels are in the alert: its provider, and its service if the alert names one. */
export const concerns = (n: Notification, i: Incident): boolean =>
  n.firings.some(
    ({ labels }) =>
      labels['api_provider_name'] === i.provider &&
      (i.service === undefined || labels['service_name'] === undefined || labels['service_name'] === i.service),
  ) &&
  n.from - EPOCH >= i.start &&
  n.from - EPOCH <= i.end + (n.severity === 'ticket' ? AFTER_TICKET : AFTER);

const classOf = (n: Notification): string => {
  const { labels } = n.firings[0]!;
  return (labels['service_name'] ?? labels['api_provider_name'] ?? '?').replace(/-\d+$/, '');
};

/** What counts for whom: incidents due a page need one; those due a ticket may have either; what is `either` needs nothing. */
export function score(notifications: readonly Notification[], { incidents, streams }: World): Score {
  const judged = notifications.filter((n) => n.from - EPOCH >= JUDGED_FROM);
  const pages = judged.filter((n) => n.severity === 'page');
  const isOf = (n: Notification) => incidents.some((i) => concerns(n, i));
  const wrong = pages.filter((n) => !isOf(n));
  const missed: Incident[] = [];
  const classes: Record<string, { incidents: number; found: number; notifications: number; delays: number[] }> = {};
  let [due, had, repeated] = [0, 0, 0];
  for (const incident of incidents.filter((i) => i.due !== 'either')) {
    const of = classes[incident.scenario] ?? { incidents: 0, found: 0, notifications: 0, delays: [] };
    classes[incident.scenario] = of;
    of.incidents++;
    const about = (incident.due === 'page' ? pages : judged).filter((n) => concerns(n, incident));
    if (about.length === 0) {
      missed.push(incident);
      continue;
    }
    of.found++;
    of.notifications += about.length;
    of.delays.push(Math.max(0, about[0]!.from - EPOCH - incident.onset));
    if (incident.due !== 'page') continue;
    due++;
    had += Math.min(
      about.length,
      incident.most === undefined ? about.length : Math.max(1, about.length - incident.most + 1),
    );
    repeated += Math.max(0, about.length - (incident.most ?? 1));
  }
  const falsely: Record<string, number> = {};
  for (const n of wrong) falsely[classOf(n)] = (falsely[classOf(n)] ?? 0) + 1;
  const wanted = incidents.filter((i) => i.due !== 'either').length;
  const tally: Tally = {
    incidents: wanted,
    found: wanted - missed.length,
    pages: pages.length,
    right: pages.length - wrong.length,
    services: new Set(streams.map((s) => s.service)).size,
    days: (END - JUDGED_FROM) / DAY,
    strayTickets: judged.filter((n) => n.severity === 'ticket' && !isOf(n)).length,
    classes,
    falsely,
    repeated,
    paged: [due, had],
  };
  return { tally, missed, wrong, judged };
}

export interface Figures {
  readonly recall: number;
  readonly precision: number;
  /** Per week and a hundred services. */
  readonly falsePages: number;
  readonly medianMinutes: number;
  readonly p90Minutes: number;
  readonly pagesPerIncident: number;
}

/** What the shipped rules promise. */
const TARGETS: { readonly [K in keyof Figures]: readonly [least: number, most: number] } = {
  recall: [0.99, 1],
  precision: [0.97, 1],
  falsePages: [0, 2],
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

/** Classes whose time is their own matter: a job's run, a ramp, a ticket. */
const OWN_TIME = new Set([
  'slow ramp',
  'Prometheus away',
  'new code',
  'slow spending',
  'hardly called',
  'latency creep',
  'quick calls slower',
  'calls missing',
  'one host of many',
  'harmful retries',
  'first half hour',
  'worse than ever',
  'daily job',
  'hourly job',
]);

/** Several seeds as one: counts are added, delays pooled. */
export function figures(tallies: readonly Tally[]): Figures {
  const sum = (f: (t: Tally) => number) => tallies.reduce((n, t) => n + f(t), 0);
  const delays = tallies.flatMap((t) =>
    Object.entries(t.classes).flatMap(([name, c]) => (OWN_TIME.has(name) ? [] : c.delays)),
  );
  return {
    recall: sum((t) => t.found) / sum((t) => t.incidents),
    precision: sum((t) => t.pages) === 0 ? 1 : sum((t) => t.right) / sum((t) => t.pages),
    falsePages: sum((t) => t.pages - t.right) / sum((t) => (t.days / 7) * (t.services / 100)),
    medianMinutes: minutesAt(0.5, delays),
    p90Minutes: minutesAt(0.9, delays),
    pagesPerIncident:
      sum((t) => t.paged[1]) /
      Math.max(
        1,
        sum((t) => t.paged[0]),
      ),
  };
}
