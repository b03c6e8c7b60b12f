import type { Notification } from './notify.ts';
import { DAY, END, EPOCH, type Every, type Incident, JUDGED_FROM, type World } from './world.ts';

/** What happened to the incidents of one class. */
export interface ClassTally {
  readonly incidents: number;
  readonly found: number;
  readonly notifications: number;
  /** Seconds from onset to notification. */
  readonly delays: readonly number[];
}

export type Pace = 'busy' | 'few' | 'jobs';

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
  /** Seconds to the page: of services of ten calls a minute and more, of others, of the runs of jobs. */
  readonly times: { readonly [K in Pace]: readonly number[] };
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
  const times: Record<Pace, number[]> = { busy: [], few: [], jobs: [] };
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
    const delay = Math.max(0, about[0]!.from - EPOCH - incident.onset);
    of.delays.push(delay);
    if (incident.due !== 'page') continue;
    if (JOBS.has(incident.scenario)) times.jobs.push(delay);
    else if (!OWN_TIME.has(incident.scenario)) times[incident.few === undefined ? 'busy' : 'few'].push(delay);
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
    times,
    paged: [due, had],
  };
  return { tally, missed, wrong, judged };
}

export interface Figures {
  readonly recall: number;
  readonly precision: number;
  /** Per week and a hundred services. */
  readonly falsePages: number;
  /** Minutes to the page, median and 90th percentile; of jobs the longest. */
  readonly busyMedian: number;
  readonly busyP90: number;
  readonly fewMedian: number;
  readonly fewP90: number;
  readonly jobsLongest: number;
  readonly pagesPerIncident: number;
}

/** What the shipped rules promise; scrapes of a minute may take two minutes more where there are few calls. */
const targets = (every: Every): { readonly [K in keyof Figures]: readonly [least: number, most: number] } => {
  const more = every === 60 ? 2 : 0;
  return {
    recall: [0.99, 1],
    precision: [0.97, 1],
    falsePages: [0, 2],
    busyMedian: [0, 3],
    busyP90: [0, 6],
    fewMedian: [0, 2 + more],
    fewP90: [0, 5 + more],
    jobsLongest: [0, 4 + more],
    pagesPerIncident: [0, 1.2],
  };
};

/** The targets that these figures miss, a sentence each. */
export const shortfalls = (f: Figures, every: Every): string[] =>
  Object.entries(targets(every)).flatMap(([name, [least, most]]) => {
    const is = f[name as keyof Figures];
    return is < least || is > most ? [`${name} is ${is.toFixed(3)}, wanted ${least} to ${most}`] : [];
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
  'other: morning',
  'other: worse',
  'other: away',
  'other: one host',
  'other: no calls',
  'other: slower',
]);
/** Time counts from the last call of the run. */
const JOBS = new Set(['daily job', 'hourly job', 'other: report', 'other: small job']);

/** Several seeds as one: counts are added, delays pooled. */
export function figures(tallies: readonly Tally[]): Figures {
  const sum = (f: (t: Tally) => number) => tallies.reduce((n, t) => n + f(t), 0);
  const at = (q: number, pace: Pace) =>
    minutesAt(
      q,
      tallies.flatMap((t) => t.times[pace]),
    );
  return {
    recall: sum((t) => t.found) / sum((t) => t.incidents),
    precision: sum((t) => t.pages) === 0 ? 1 : sum((t) => t.right) / sum((t) => t.pages),
    falsePages: sum((t) => t.pages - t.right) / sum((t) => (t.days / 7) * (t.services / 100)),
    busyMedian: at(0.5, 'busy'),
    busyP90: at(0.9, 'busy'),
    fewMedian: at(0.5, 'few'),
    fewP90: at(0.9, 'few'),
    jobsLongest: at(1, 'jobs'),
    pagesPerIncident:
      sum((t) => t.paged[1]) /
      Math.max(
        1,
        sum((t) => t.paged[0]),
      ),
  };
}
