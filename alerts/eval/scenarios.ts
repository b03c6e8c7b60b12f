import type { LayerName } from '../../src/contract/index.ts';
import type { Random } from './random.ts';
import {
  type Code,
  DAY,
  DAYS,
  during,
  HOUR,
  type Incident,
  MINUTE,
  moment,
  type Scenario,
  type Stream,
  type World,
  wave,
} from './world.ts';

/** Failures that every service has: up to two percent of one code, some also a few of another. */
const usual = (r: Random): Code[] => {
  const rare = r.between(0.001, 0.006);
  const known = r.between(0.002, 0.02);
  const payload: Code = { layer: 'payload', code: 'invalid_request', ratio: () => known };
  return r.next() < 0.6 ? [payload] : [payload, { layer: 'service', code: '', ratio: () => rare }];
};

/** Adds `count` services; each gets its own provider unless the scenario says otherwise. */
function services(
  world: World,
  r: Random,
  name: string,
  count: number,
  make: (i: number) => Partial<Stream> & { episodes?: Episode[] },
): void {
  for (let i = 0; i < count; i++) {
    const { episodes = [], ...own } = make(i);
    const service = own.service ?? `${name}-${i + 1}`;
    const provider = own.provider ?? `${name}-${i + 1}.example`;
    const rate = r.between(0.5, 4);
    const stream: Stream = { rate: () => rate, codes: usual(r), ...own, service, provider };
    for (const e of episodes) {
      const { start, end, ratio } = e;
      add(stream, e.layer, e.code, typeof ratio === 'number' ? during(start, end, ratio) : ratio);
      if (e.incident !== false)
        world.incidents.push({
          scenario: name,
          service,
          provider,
          start,
          end,
          onset: e.onset ?? start,
          due: e.due ?? 'page',
        });
    }
    world.streams.push(stream);
  }
}

/** One series per layer and code: what the service has already is topped, not doubled. */
function add({ codes }: Stream, layer: LayerName, code: string, ratio: Code['ratio']): void {
  const at = codes.findIndex((c) => c.layer === layer && c.code === code);
  const before = codes[at]?.ratio;
  if (before === undefined) codes.push({ layer, code, ratio });
  else codes[at] = { layer, code, ratio: (t) => Math.max(before(t), ratio(t)) };
}

interface Episode {
  readonly layer: LayerName;
  readonly code: string;
  readonly start: number;
  readonly end: number;
  readonly ratio: number | ((t: number) => number);
  readonly onset?: number;
  readonly due?: Incident['due'];
  readonly incident?: false;
}

/** The same episode in each week, at its own time. */
const twice = (r: Random, make: (start: number) => Episode): Episode[] => [
  make(moment(r, 2, 6)),
  make(moment(r, 7, DAYS - 1)),
];

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  steady: (r, w) => services(w, r, 'steady', 14, () => ({})),

  'daily wave': (r, w) =>
    services(w, r, 'wave', 6, () => ({
      rate: (t) => 0.3 + 3 * wave(t),
      codes: [{ layer: 'payload', code: 'card_declined', ratio: (t) => 0.005 + 0.035 * wave(t) }],
    })),

  'nightly batch': (r, w) =>
    services(w, r, 'nightly', 3, (i) => ({
      codes: [
        ...usual(r),
        { layer: 'payload', code: 'duplicate_row', ratio: (t) => (t % DAY < HOUR * (1 + i / 2) ? 0.08 : 0.001) },
      ],
    })),

  'weekly batch': (r, w) =>
    services(w, r, 'weekly', 3, (i) => ({
      codes: [
        ...usual(r),
        { layer: 'payload', code: 'already_exists', ratio: (t) => (t % (7 * DAY) < (2 + i) * HOUR ? 0.1 : 0.001) },
      ],
    })),

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
        layer: 'throttling',
        code: 'rate_limit_exceeded',
        start,
        end: start + r.between(20, 45) * MINUTE,
        ratio: [0.6, 0.4, 0.2, 0.3, 0.15][i]!,
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
      })),
    }));
    services(w, r, 'silent', 5, (i) => ({
      rate: () => 0.002 + 0.004 * i,
      codes: [{ layer: 'payload', code: 'invalid_request', ratio: () => 0.01 }],
    }));
  },

  'new code': (r, w) =>
    services(w, r, 'newcode', 3, () => ({
      episodes: twice(r, (start) => ({
        layer: 'payload',
        code: `parameter_unknown_${Math.floor(start / DAY)}`,
        start,
        end: start + 4 * HOUR,
        ratio: r.between(0.015, 0.05),
        due: 'ticket',
      })),
    })),

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

  'latency creep': (r, w) => {
    services(w, r, 'slow', 3, () => {
      const start = moment(r, 3, 12);
      const end = start + 4 * HOUR;
      const base = r.between(0.25, 0.5);
      const provider = `slow-${w.streams.length}.example`;
      const service = `slow-${w.streams.length}`;
      // Doubled after an hour and a half; due from there.
      w.incidents.push({
        scenario: 'latency creep',
        service,
        provider,
        start,
        onset: start + 1.5 * HOUR,
        end,
        due: 'ticket',
      });
      return {
        service,
        provider,
        p95: (t) => (t >= start && t < end ? base * (1 + (t - start) / (1.5 * HOUR)) : base),
      };
    });
    services(w, r, 'brisk', 3, () => ({ p95: (t) => 0.3 + 0.25 * wave(t) }));
  },

  'restarts and deploys': (r, w) =>
    services(w, r, 'restarting', 4, () => {
      const restarts = Array.from({ length: 30 }, () => moment(r, 0, DAYS)).toSorted((a, b) => a - b);
      const starting = (t: number) => restarts.some((at) => t >= at && t < at + 45);
      return { restarts, codes: [...usual(r), { layer: 'tcp', code: '', ratio: (t) => (starting(t) ? 0.3 : 0) }] };
    }),

  'missed scrapes': (r, w) => services(w, r, 'patchy', 3, () => ({ missed: 0.05 })),

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
      codes: [...usual(r), { layer: 'payload', code: 'not_ready', ratio: () => 0.05 }],
    })),

  'steady high error rate': (r, w) =>
    services(w, r, 'polling', 3, (i) => ({
      codes: [...usual(r), { layer: 'endpoint', code: 'not_found', ratio: () => [0.08, 0.15, 0.35][i]! }],
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

  'retry storm': (r, w) =>
    services(w, r, 'storm', 2, (i) => {
      const start = moment(r, 3, 12);
      const end = start + 2 * HOUR;
      w.incidents.push({
        scenario: 'retry storm',
        service: `storm-${i + 1}`,
        provider: `storm-${i + 1}.example`,
        start,
        onset: start,
        end,
        due: 'ticket',
      });
      const rate = r.between(1, 3);
      return {
        rate: (t) => (t >= start && t < end ? 2 * rate : rate),
        retries: (t) => (t >= start && t < end ? 0.5 : 0.02),
      };
    }),
};
