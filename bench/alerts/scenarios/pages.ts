import { DAY, HOUR, MINUTE, moment, type Scenario } from '../world.ts';
import { type Episode, services, twice, usual } from './build.ts';

/** Incidents that are due a page. */
export const PAGES: Readonly<Record<string, Scenario>> = {
  '401 after deploy': (r, w) =>
    services(w, r, 'deploy', 8, (i) => ({
      episodes: twice(r, (start) => ({
        layer: 'auth',
        code: 'invalid_api_key',
        start,
        end: start + r.between(30, 70) * MINUTE,
        ratio: [1, 0.6, 0.25, 0.08][i % 4]!,
      })),
    })),

  '429 surge': (r, w) =>
    services(w, r, 'surge429', 5, (i) => {
      const episodes = twice(r, (start) => ({
        layer: 'throttling' as const,
        code: 'rate_limit_exceeded',
        start,
        end: start + r.between(20, 45) * MINUTE,
        ratio: [0.6, 0.4, 0.2, 0.3, 0.15][i]!,
        by: 'ApiThrottlingSurge',
      }));
      const surge = (t: number) => episodes.some((e) => t >= e.start && t < e.end);
      const rate = r.between(1, 4);
      return { episodes, rate: (t) => (surge(t) ? 2 * rate : rate) };
    }),

  'low traffic': (r, w) => {
    services(w, r, 'quiet', 5, (i) => ({
      rate: () => 0.02 + 0.01 * i,
      codes: [{ layer: 'payload', code: 'invalid_request', ratio: () => 0.005 }],
      episodes: twice(r, (start) => ({
        layer: i % 2 ? 'service' : 'auth',
        code: i % 2 ? 'internal_error' : 'token_expired',
        start,
        end: start + r.between(90, 150) * MINUTE,
        ratio: [1, 0.9, 1, 0.8, 0.9][i]!,
        by: 'ApiErrorSpikeLowTraffic',
      })),
    }));
    // Seven calls an hour and more; the busiest of them also fails for a while.
    services(w, r, 'silent', 5, (i) => ({
      rate: () => 0.002 + 0.004 * i,
      codes: [{ layer: 'payload', code: 'invalid_request', ratio: () => 0.01 }],
      episodes:
        i < 4
          ? []
          : twice(r, (start) => ({
              layer: 'tls',
              code: '',
              start,
              end: start + r.between(2, 4) * HOUR,
              ratio: 1,
              by: 'ApiErrorSpikeLowTraffic',
            })),
    }));
  },

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
      w.incidents.push({
        scenario: 'provider down',
        provider,
        start,
        onset: start,
        end,
        due: 'page',
        by: 'ApiProviderDown',
      });
    }
  },

  'one service cut off': (r, w) =>
    services(w, r, 'cutoff', 3, (i) => ({
      episodes: twice(r, (start) => ({
        layer: (['dns', 'tcp', 'tls'] as const)[i]!,
        code: '',
        start,
        end: start + r.between(15, 40) * MINUTE,
        ratio: [1, 0.7, 1][i]!,
      })),
    })),

  flapping: (r, w) =>
    services(w, r, 'flapping', 3, () => ({
      episodes: twice(r, (start) => {
        const end = start + r.between(50, 90) * MINUTE;
        const on = (t: number) => t >= start && t < end && (t - start) % (5 * MINUTE) < 2 * MINUTE;
        return { layer: 'service', code: 'bad_gateway', start, end, ratio: (t) => (on(t) ? 0.5 : 0) };
      }),
    })),

  'repeat next day': (r, w) =>
    services(w, r, 'repeat', 3, () => {
      const start = moment(r, 4, 11);
      const length = r.between(30, 60) * MINUTE;
      const each = (from: number): Episode => ({
        layer: 'auth',
        code: 'expired_token',
        start: from,
        end: from + length,
        ratio: 0.5,
      });
      return { episodes: [each(start), each(start + DAY)] };
    }),

  'slow ramp': (r, w) =>
    services(w, r, 'ramp', 3, () => ({
      episodes: twice(r, (start) => {
        const end = start + 3 * HOUR;
        // To 30 % in three hours; due when it passes 5 %.
        const ratio = (t: number) => (t >= start && t < end ? (0.3 * (t - start)) / (3 * HOUR) : 0);
        return { layer: 'service', code: 'deadline_exceeded', start, onset: start + HOUR / 2, end, ratio };
      }),
    })),

  // Three hundred restarts and deploys in all; two of the services break with one of them.
  'restarts and deploys': (r, w) =>
    services(w, r, 'restarting', 4, (i) => {
      const restarts = Array.from({ length: 30 }, () => moment(r, 0, 14)).toSorted((a, b) => a - b);
      const starting = (t: number) => restarts.some((at) => t >= at && t < at + 45);
      const start = restarts.find((t) => t > (3 + i) * DAY)!;
      const broken: Episode = {
        layer: 'auth',
        code: 'missing_scope',
        start,
        end: start + r.between(30, 60) * MINUTE,
        ratio: i % 2 ? 0.3 : 1,
      };
      return {
        restarts,
        codes: [...usual(r), { layer: 'tcp', code: '', ratio: (t) => (starting(t) ? 0.3 : 0) }],
        episodes: i < 2 ? [broken] : [],
      };
    }),

  // A scrape in twenty is missed; two of the services fail meanwhile.
  'missed scrapes': (r, w) =>
    services(w, r, 'patchy', 4, (i) => ({ missed: 0.05, episodes: i < 2 ? twice(r, outage(0.6)) : [] })),

  'other scrape intervals': (r, w) => {
    services(w, r, 'often', 4, (i) => ({ every: 15, episodes: i < 2 ? twice(r, outage(i ? 0.15 : 0.5)) : [] }));
    services(w, r, 'seldom', 2, (i) => ({ every: 60, episodes: i < 1 ? twice(r, outage(0.5)) : [] }));
  },
};

const outage =
  (ratio: number) =>
  (start: number): Episode => ({ layer: 'wait', code: '', start, end: start + 40 * MINUTE, ratio });
