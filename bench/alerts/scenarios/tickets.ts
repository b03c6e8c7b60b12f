import { DAY, during, HOUR, moment, type Scenario } from '../world.ts';
import { services, twice } from './build.ts';

/** Harm that retries do: kind, its share of the calls in the bad hours and in all others, and the alert made for it. */
const HARM = [
  ['unsafe', 0.01, 0, 'ApiRetryUnsafe'],
  ['early', 0.06, 0.004, 'ApiRetryEarly'],
  ['pointless', 0.05, 0.004, 'ApiRetryPointless'],
  ['safe', 0.5, 0.02, 'ApiRetryStorm'],
] as const;

/** Troubles that are due a ticket. */
export const TICKETS: Readonly<Record<string, Scenario>> = {
  'new code': (r, w) =>
    services(w, r, 'newcode', 3, () => ({
      episodes: twice(r, (start) => ({
        layer: 'payload',
        code: `parameter_unknown_${Math.floor(start / DAY)}`,
        start,
        end: start + 4 * HOUR,
        ratio: r.between(0.015, 0.05),
        due: 'ticket',
        by: 'ApiNewErrorCode',
      })),
    })),

  'slow spending': (r, w) =>
    services(w, r, 'spending', 2, () => ({
      codes: [{ layer: 'payload', code: 'invalid_request', ratio: () => 0.006 }],
      episodes: twice(r, (start) => ({
        layer: 'payload',
        code: 'invalid_request',
        start,
        end: start + 6 * HOUR,
        ratio: 0.017,
        due: 'ticket',
        by: 'ApiFailureBudgetBurn',
      })),
    })),

  'latency creep': (r, w) => {
    services(w, r, 'slow', 3, (i) => {
      const start = moment(r, 3, 12);
      const end = start + 4 * HOUR;
      const base = r.between(0.25, 0.5);
      const [service, provider] = [`slow-${i + 1}`, `slow-${i + 1}.example`];
      // Doubled after an hour and a half; due from there.
      const onset = start + 1.5 * HOUR;
      w.incidents.push({
        scenario: 'latency creep',
        service,
        provider,
        start,
        onset,
        end,
        due: 'ticket',
        by: 'ApiLatencyHigh',
      });
      return { p95: (t) => (t >= start && t < end ? base * (1 + (t - start) / (1.5 * HOUR)) : base) };
    });
  },

  'harmful retries': (r, w) => {
    for (const [kind, bad, good, by] of HARM)
      services(w, r, `retry-${kind}`, 2, (i) => {
        const start = moment(r, 3, 12);
        const end = start + 2 * HOUR;
        const [service, provider] = [`retry-${kind}-${i + 1}`, `retry-${kind}-${i + 1}.example`];
        w.incidents.push({
          scenario: 'harmful retries',
          service,
          provider,
          start,
          onset: start,
          end,
          due: 'ticket',
          by,
        });
        const rate = r.between(1, 3);
        return { rate: during(start, end, rate * (1 + bad), rate), retries: { [kind]: during(start, end, bad, good) } };
      });
  },
};
