import { DAY, DAYS, HOUR, MINUTE, moment, type Run, type Scenario } from '../world.ts';
import { services, twice } from './build.ts';
import { outage } from './pages.ts';

/** What a job does when it fails: from its day on, every run. Time counts from the last call of the run that decides. */
const failing = (runs: readonly Run[], from: number, to: number, decides: number) => {
  const bad = runs.filter((run) => run.at >= from && run.at < to);
  const last = bad[decides - 1]!;
  return {
    layer: 'service',
    code: 'internal_error',
    start: bad[0]!.at,
    onset: last.at + last.length,
    end: bad.at(-1)!.at + bad.at(-1)!.length + 5 * MINUTE,
    ratio: (t: number) => (t >= bad[0]!.at - 60 && t < bad.at(-1)!.at + 3600 ? 1 : 0),
  } as const;
};

/** Incidents that are due a page, of services that do not call steadily, and of a Prometheus that is not always there. */
export const UNSTEADY: Readonly<Record<string, Scenario>> = {
  'daily job': (r, w) =>
    services(w, r, 'daily job', 4, (i) => {
      const hour = r.between(0, 23) * HOUR;
      const calls = [200, 500, 1000, 2000][i]!;
      const runs = Array.from({ length: DAYS }, (_, day) => ({
        at: day * DAY + hour,
        calls,
        length: [15, 40, 80, 120][i]!,
      }));
      const from = (3 + i) * DAY;
      return { rate: () => 0, codes: [], runs, episodes: [failing(runs, from, from + DAY, 1)], blips: false };
    }),

  'hourly job': (r, w) =>
    services(w, r, 'hourly job', 4, (i) => {
      const calls = i < 2 ? 12 : 3;
      const runs = Array.from({ length: DAYS * 24 }, (_, n) => ({ at: n * HOUR + 400, calls, length: 40 }));
      const at = moment(r, 3, 11);
      return {
        rate: () => 0,
        codes: [],
        runs,
        episodes: [failing(runs, at, at + 8 * HOUR, i < 2 ? 1 : 2)],
        blips: false,
      };
    }),

  'calls hang': (r, w) =>
    services(w, r, 'calls hang', 3, () => {
      const start = moment(r, 3, 12);
      const end = start + 40 * MINUTE;
      const rate = r.between(0.5, 4);
      const hung = (t: number) => t >= start && t < end;
      const service = `calls-hang-${w.streams.filter((s) => s.inFlight).length + 1}`;
      const who = { service, provider: `${service}.example` };
      w.incidents.push({ scenario: 'calls hang', ...who, start, onset: start, end, due: 'page' });
      return {
        rate: (t) => (hung(t) ? 0 : rate),
        inFlight: (t) =>
          hung(t)
            ? [2 + rate * (t - start), t - start]
            : [1 + Math.floor(rate * (1 + (t % 7) / 7)), 0.5 + (t % 11) / 5],
      };
    }),

  // Away for twenty minutes: an incident that runs on, one that begins meanwhile, one after it.
  'Prometheus away': (r, w) => {
    const from = moment(r, 5, 10);
    w.away.push([from, from + 20 * MINUTE]);
    services(w, r, 'away', 3, (i) => {
      const start = from + [-15, 10, 38][i]! * MINUTE;
      const back = from + 20 * MINUTE;
      return {
        episodes: [
          {
            ...outage(0.3)(start),
            onset: Math.max(start, i === 0 ? start : back),
            most: i === 0 ? 2 : 1,
            end: start + 50 * MINUTE,
          },
        ],
      };
    });
  },

  'scraped otherwise': (r, w) => {
    services(w, r, 'often', 2, (i) => ({ every: 15, episodes: twice(r, outage(i ? 0.15 : 0.5)) }));
    services(w, r, 'seldom', 2, (i) => ({ every: 60, episodes: twice(r, outage(i ? 0.2 : 0.5)) }));
  },
};
