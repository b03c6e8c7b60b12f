import { DAY, DAYS, HOUR, MINUTE, moment, type Scenario, wave } from '../world.ts';
import { rateOf, services, usual } from './build.ts';

const night = (from: number, to: number) => (t: number) => t % DAY >= from * HOUR && t % DAY < to * HOUR;

/** What looks like an incident to a simpler rule and is none. Blips of up to a minute come on top, to every service. */
export const NOISE: Readonly<Record<string, Scenario>> = {
  steady: (r, w) => {
    services(w, r, 'steady', 16, () => ({}));
    services(w, r, 'steady wide', 10, () => {
      const rate = rateOf(r, 1 / 60, 2000);
      return { rate: () => rate };
    });
  },

  'daily wave': (r, w) =>
    services(w, r, 'wave', 6, () => ({
      rate: (t) => 0.3 + 3 * wave(t),
      codes: [
        { layer: 'payload', code: 'card_declined', ratio: (t) => 0.005 + 0.035 * wave(t), shape: r.between(4, 9) },
      ],
    })),

  'nightly batch': (r, w) =>
    services(w, r, 'nightly', 3, (i) => {
      const batch = night(0, 1 + i / 2);
      const code = {
        layer: 'payload',
        code: 'duplicate_row',
        ratio: (t: number) => (batch(t) ? 0.08 : 0.001),
        shape: 9,
      } as const;
      return { codes: [...usual(r), code] };
    }),

  'weekly batch': (r, w) =>
    services(w, r, 'weekly', 3, (i) => {
      const ratio = (t: number) => (t % (7 * DAY) < (2 + i) * HOUR ? 0.1 : 0.001);
      return { codes: [...usual(r), { layer: 'payload', code: 'already_exists', ratio, shape: 9 }] };
    }),

  // Two nights must pass before anybody knows that it is always so.
  'nightly high': (r, w) =>
    services(w, r, 'nightly-high', 2, (i) => {
      const batch = night(2, 4);
      for (const n of [1, 2]) {
        const start = n * DAY + 2 * HOUR;
        const service = `nightly-high-${i + 1}`;
        const who = { service, provider: `${service}.example` };
        w.incidents.push({
          scenario: 'nightly high',
          ...who,
          start,
          onset: start,
          end: start + 2 * HOUR,
          due: 'either',
        });
      }
      const ratio = (t: number) => (batch(t) ? [0.3, 0.45][i]! : 0.002);
      return { codes: [...usual(r), { layer: 'endpoint', code: 'not_found', ratio, shape: 9 }] };
    }),

  'denominator falls at night': (r, w) =>
    services(w, r, 'collapse', 2, (i) => {
      const rate = (t: number) => (i + 1) * (0.014 + 0.6 * wave(t) ** 3);
      const ratio = (t: number) => ((i + 1) * 0.004) / rate(t);
      return { rate, codes: [{ layer: 'payload', code: 'stale_token', ratio }], blips: false };
    }),

  'faster by night': (r, w) => services(w, r, 'brisk', 3, () => ({ p95: (t) => 0.3 + 0.25 * wave(t) })),

  'idle nights': (r, w) =>
    services(w, r, 'office', 4, () => ({ rate: (t) => (t % DAY > 8 * HOUR && t % DAY < 18 * HOUR ? 2 : 0) })),

  'traffic surge': (r, w) =>
    services(w, r, 'popular', 3, () => {
      const at = [moment(r), moment(r)];
      return { rate: (t) => (at.some((s) => t >= s && t < s + HOUR) ? 12 : 1.5) };
    }),

  'new service': (r, w) =>
    services(w, r, 'newborn', 3, () => ({
      from: moment(r, 3, 10),
      codes: [...usual(r), { layer: 'payload', code: 'not_ready', ratio: () => 0.05, shape: 9 }],
    })),

  'steady high error rate': (r, w) =>
    services(w, r, 'polling', 3, (i) => ({
      codes: [...usual(r), { layer: 'endpoint', code: 'not_found', ratio: () => [0.08, 0.15, 0.35][i]!, shape: 9 }],
    })),

  'renamed code': (r, w) =>
    services(w, r, 'renamed', 3, (i) => {
      const at = moment(r, 4, 10);
      const share = [0.05, 0.03, 0.12][i]!;
      return {
        codes: [
          { layer: 'payload', code: 'card_declined', ratio: (t) => (t < at ? share : 0), shape: 9 },
          { layer: 'payload', code: 'do_not_honor', ratio: (t) => (t < at ? 0 : share), shape: 9 },
        ],
      };
    }),

  // A deploy a day or more, each with two and a half minutes of a few percent.
  'cold starts': (r, w) =>
    services(w, r, 'cold', 3, () => {
      const restarts = Array.from({ length: 24 }, () => moment(r, 0, DAYS)).toSorted((a, b) => a - b);
      const cold = (t: number) => restarts.some((at) => t >= at && t < at + 150);
      return {
        restarts,
        codes: [...usual(r), { layer: 'service', code: 'warming_up', ratio: (t) => (cold(t) ? 0.08 : 0) }],
      };
    }),

  scanner: (r, w) =>
    services(w, r, 'scanner', 2, () => {
      const scans = Array.from({ length: 2 * DAYS }, (_, n) => n * (DAY / 2) + r.between(0, DAY / 2));
      return {
        rate: () => 105 / DAY,
        codes: [
          { layer: 'endpoint', code: 'not_found', ratio: (t) => (scans.some((s) => t >= s && t < s + 120) ? 1 : 0) },
        ],
        runs: scans.map((at) => ({ at, calls: 6, length: 110 })),
        blips: false,
      };
    }),

  'long blips': (r, w) =>
    services(w, r, 'blip', 4, () => ({
      episodes: Array.from({ length: 12 }, () => {
        const start = moment(r, 1, DAYS - 1);
        const end = start + r.between(90, 120);
        return { layer: 'wait', code: '', start, end, ratio: r.between(0.2, 0.9), due: 'either' } as const;
      }),
    })),

  // Search boxes that end older requests at once, for an hour of much typing; people who leave; a service of few calls.
  'usual cancels': (r, w) => {
    services(w, r, 'search', 2, () => {
      const typing = moment(r, 2, 12);
      return { cancels: (t) => [t >= typing && t < typing + HOUR ? 0.5 : 0.03, false] };
    });
    services(w, r, 'leaving', 2, (i) => ({ cancels: () => [[0.04, 0.2][i]!, true] }));
    services(w, r, 'seldom left', 1, () => ({ rate: () => 1 / 60, cancels: () => [0.3, true] }));
  },

  // Calls that fall away where they fell last week, and where gaps are usual.
  'usual gaps': (r, w) => {
    services(w, r, 'gappy', 2, () => ({ rate: (t) => (t % (3 * HOUR) < 40 * MINUTE ? 0 : 1) }));
    services(w, r, 'weekend', 2, () => ({ rate: (t) => (t % (7 * DAY) > 5 * DAY ? 0 : 1) }));
  },
};
