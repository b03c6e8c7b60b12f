import { DAY, HOUR, MINUTE, moment, type Scenario } from '../world.ts';
import { type Episode, rateOf, services, twice, usual } from './build.ts';

const outage =
  (ratio: number) =>
  (start: number): Episode => ({ layer: 'wait', code: '', start, end: start + 40 * MINUTE, ratio });

/** Incidents that are due a page: those of services that call steadily. */
export const PAGES: Readonly<Record<string, Scenario>> = {
  '401 after deploy': (r, w) =>
    services(w, r, '401 after deploy', 8, (i) => {
      const rate = rateOf(r, [0.2, 0.2, 0.2, 1][i % 4]!, 50);
      return {
        rate: () => rate,
        episodes: twice(r, (start) => ({
          layer: 'auth',
          code: 'invalid_api_key',
          start,
          end: start + r.between(30, 70) * MINUTE,
          ratio: [1, 0.6, 0.25, 0.08][i % 4]!,
        })),
      };
    }),

  '429 surge': (r, w) =>
    services(w, r, '429 surge', 5, (i) => {
      const episodes = twice(r, (start) => ({
        layer: 'throttling' as const,
        code: 'rate_limit_exceeded',
        start,
        end: start + r.between(20, 45) * MINUTE,
        ratio: [0.6, 0.4, 0.2, 0.3, 0.15][i]!,
      }));
      const surge = (t: number) => episodes.some((e) => t >= e.start && t < e.end);
      const rate = r.between(1, 4);
      return { episodes, rate: (t) => (surge(t) ? 2 * rate : rate) };
    }),

  'large service': (r, w) =>
    services(w, r, 'large service', 3, (i) => ({
      rate: () => [100, 400, 2000][i]!,
      codes: [{ layer: 'payload', code: 'invalid_request', ratio: () => 0.004, shape: r.between(2, 9) }],
      episodes: twice(r, outage([0.3, 0.1, 0.05][i]!)),
    })),

  'few calls': (r, w) =>
    services(w, r, 'few calls', 6, (i) => {
      const rate = (1 + i) / 60;
      return {
        rate: () => rate,
        codes: [{ layer: 'payload', code: 'invalid_request', ratio: () => 0.005 }],
        episodes: twice(r, (start) => ({
          layer: i % 2 ? 'service' : 'auth',
          code: i % 2 ? 'internal_error' : 'token_expired',
          start,
          end: start + r.between(90, 150) * MINUTE,
          ratio: [1, 0.9, 1, 0.8, 0.9, 0.7][i]!,
          few: 8,
        })),
      };
    }),

  'provider down': (r, w) => {
    for (const [n, provider] of ['payments.example', 'mail.example'].entries()) {
      const start = moment(r, 3, 12);
      const end = start + r.between(20, 50) * MINUTE;
      services(w, r, `caller${n + 1}`, n === 0 ? 8 : 5, () => ({
        provider,
        episodes: [
          { layer: 'service', code: 'service_unavailable', start, end, ratio: r.between(0.5, 0.95), incident: false },
        ],
      }));
      w.incidents.push({ scenario: 'provider down', provider, start, onset: start, end, due: 'page' });
    }
  },

  'cut off': (r, w) =>
    services(w, r, 'cut off', 3, (i) => ({
      episodes: twice(r, (start) => ({
        layer: (['dns', 'tcp', 'tls'] as const)[i]!,
        code: '',
        start,
        end: start + r.between(15, 40) * MINUTE,
        ratio: [1, 0.7, 1][i]!,
      })),
    })),

  'five minutes': (r, w) =>
    services(w, r, 'five minutes', 3, () => ({
      episodes: twice(r, (start) => ({ ...outage(0.7)(start), end: start + 5 * MINUTE })),
    })),

  flapping: (r, w) =>
    services(w, r, 'flapping', 4, (i) => ({
      episodes: twice(r, (start) => {
        const end = start + (i < 2 ? r.between(50, 90) : r.between(120, 180)) * MINUTE;
        const [every, on] = i < 2 ? [5, 2] : [25, 4];
        const bad = (t: number) => t >= start && t < end && (t - start) % (every * MINUTE) < on * MINUTE;
        const ratio = (t: number) => (bad(t) ? (i < 2 ? 0.5 : 0.4) : 0);
        return { layer: 'service', code: 'bad_gateway', start, end, ratio, most: i < 2 ? 1 : 2 };
      }),
    })),

  'repeat next day': (r, w) =>
    services(w, r, 'repeat next day', 3, () => {
      const start = moment(r, 4, 11);
      const end = start + r.between(30, 60) * MINUTE;
      const each = (days: number): Episode => ({
        layer: 'auth',
        code: 'expired_token',
        start: start + days * DAY,
        end: end + days * DAY,
        ratio: 0.5,
      });
      return { episodes: [each(0), each(1)] };
    }),

  'slow ramp': (r, w) =>
    services(w, r, 'slow ramp', 3, () => ({
      episodes: twice(r, (start) => {
        const end = start + 3 * HOUR;
        // To 30 % in three hours; due when it passes 5 %.
        const ratio = (t: number) => (t >= start && t < end ? (0.3 * (t - start)) / (3 * HOUR) : 0);
        return { layer: 'service', code: 'deadline_exceeded', start, onset: start + HOUR / 2, end, ratio };
      }),
    })),

  // A hundred restarts and deploys in all; two of the services break with one of them.
  'restarts and deploys': (r, w) =>
    services(w, r, 'restarts and deploys', 4, (i) => {
      const restarts = Array.from({ length: 30 }, () => moment(r, 0, 14)).toSorted((a, b) => a - b);
      const starting = (t: number) => restarts.some((at) => t >= at && t < at + 45);
      const start = restarts.find((t) => t > (3 + i) * DAY)!;
      const end = start + r.between(30, 60) * MINUTE;
      const broken: Episode = { layer: 'auth', code: 'missing_scope', start, end, ratio: i % 2 ? 0.3 : 1 };
      return {
        restarts,
        codes: [...usual(r), { layer: 'tcp', code: '', ratio: (t) => (starting(t) ? 0.3 : 0) }],
        episodes: i < 2 ? [broken] : [],
      };
    }),

  // A scrape in twenty is missed; two of the services fail meanwhile.
  'missed scrapes': (r, w) =>
    services(w, r, 'missed scrapes', 4, (i) => ({ missed: 0.05, episodes: i < 2 ? twice(r, outage(0.6)) : [] })),

  // Idle for a day and more, then every call fails with a code that was seen before.
  'idle then failing': (r, w) =>
    services(w, r, 'idle then failing', 3, () => {
      const start = moment(r, 4, 12);
      const end = start + 50 * MINUTE;
      const idle = (t: number) => t > start - 30 * HOUR && t < start;
      const rate = r.between(0.3, 2);
      return {
        rate: (t) => (idle(t) ? 0 : rate),
        episodes: [{ layer: 'payload', code: 'invalid_request', start, end, ratio: 1 }],
      };
    }),

  'worse than ever': (r, w) =>
    services(w, r, 'worse than ever', 5, (i) => {
      const [usually, then] = [
        [0.15, 0.4],
        [0.3, 0.6],
        [0.3, 0.75],
        [0.4, 0.8],
        [0.4, 0.7],
      ][i] as [number, number];
      const known = { layer: 'endpoint', code: i < 4 ? 'gone' : 'not_found', shape: 9 } as const;
      return {
        codes: [{ ...known, ratio: () => usually }],
        episodes: twice(r, (start) => ({ ...known, start, end: start + 60 * MINUTE, ratio: then })),
      };
    }),

  'after a long outage': (r, w) =>
    services(w, r, 'after a long outage', 3, () => {
      const start = moment(r, 4, 11);
      const next = start + 8 * HOUR + r.between(3, 8) * HOUR;
      return {
        episodes: [
          { ...outage(r.between(0.6, 0.7))(start), end: start + 8 * HOUR },
          outage(r.between(0.25, 0.35))(next),
        ],
      };
    }),

  'many codes': (r, w) =>
    services(w, r, 'many codes', 3, () => {
      const n = Math.round(r.between(12, 16));
      const whole = r.between(0.24, 0.3);
      const times = twice(r, (start) => [start, start + 50 * MINUTE] as const);
      return {
        episodes: times.flatMap(([start, end]) =>
          Array.from({ length: n }, (_, k) => {
            const part = {
              layer: k % 2 ? 'payload' : 'endpoint',
              code: `validation_${k}`,
              start,
              end,
              ratio: whole / n,
            } as const;
            return k === 0 ? part : ({ ...part, incident: false } as const);
          }),
        ),
      };
    }),

  'first half hour': (r, w) =>
    services(w, r, 'first half hour', 3, (i) => {
      const rate = r.between(1, 3);
      return {
        rate: (t) => (t % DAY > 7 * HOUR && t % DAY < 21 * HOUR ? rate : 0),
        episodes: [3, 9].map((day) => {
          const start = day * DAY + 7 * HOUR + 1;
          return { layer: 'auth', code: 'token_expired', start, end: start + HOUR, ratio: [0.25, 0.35, 0.45][i]! };
        }),
      };
    }),
};

export { outage };
