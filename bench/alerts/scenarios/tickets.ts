import { DAY, during, HOUR, type Incident, moment, type Scenario, type World } from '../world.ts';
import { services, twice } from './build.ts';

/** Harm that retries do: kind, its share of the calls in the bad hours and in all others. */
const HARM = [
  ['unsafe', 0.01, 0],
  ['early', 0.06, 0.004],
  ['pointless', 0.05, 0.004],
  ['safe', 0.5, 0.02],
] as const;

const ticket = (w: World, scenario: string, service: string, start: number, end: number, onset = start): void => {
  const due: Incident['due'] = 'ticket';
  w.incidents.push({ scenario, service, provider: `${service}.example`, start, onset, end, due });
};

/** Troubles that are due a ticket. */
export const TICKETS: Readonly<Record<string, Scenario>> = {
  'new code': (r, w) =>
    services(w, r, 'new code', 3, () => ({
      episodes: twice(r, (start) => ({
        layer: 'payload',
        code: `parameter_unknown_${Math.floor(start / DAY)}`,
        start,
        end: start + 4 * HOUR,
        ratio: r.between(0.015, 0.05),
        due: 'ticket',
      })),
    })),

  'slow spending': (r, w) =>
    services(w, r, 'slow spending', 2, () => {
      const rate = r.between(1, 5);
      return {
        rate: () => rate,
        codes: [{ layer: 'payload', code: 'invalid_request', ratio: () => 0.006, shape: 9 }],
        episodes: twice(r, (start) => ({
          layer: 'payload',
          code: 'invalid_request',
          start,
          end: start + 6 * HOUR,
          ratio: 0.017,
          due: 'ticket',
        })),
      };
    }),

  // Less than a call a minute: nobody is woken.
  'hardly called': (r, w) =>
    services(w, r, 'hardly called', 4, (i) => ({
      rate: () => 0.004 + 0.003 * i,
      codes: [{ layer: 'payload', code: 'invalid_request', ratio: () => 0.01 }],
      episodes:
        i < 2
          ? []
          : twice(r, (start) => ({
              layer: 'tls',
              code: '',
              start,
              end: start + r.between(2, 4) * HOUR,
              ratio: 1,
              due: 'ticket',
              few: 8,
            })),
    })),

  'latency creep': (r, w) =>
    services(w, r, 'slow', 3, (i) => {
      const start = moment(r, 3, 12);
      const end = start + 4 * HOUR;
      const base = r.between(0.25, 0.5);
      // Doubled after an hour and a half; due from there.
      ticket(w, 'latency creep', `slow-${i + 1}`, start, end, start + 1.5 * HOUR);
      return { p95: (t) => (t >= start && t < end ? base * (1 + (t - start) / (1.5 * HOUR)) : base) };
    }),

  'quick calls slower': (r, w) =>
    services(w, r, 'quick', 2, (i) => {
      const start = moment(r, 3, 12);
      ticket(w, 'quick calls slower', `quick-${i + 1}`, start, start + 3 * HOUR);
      return { p95: during(start, start + 3 * HOUR, [0.24, 0.48][i]!, [0.06, 0.12][i]!) };
    }),

  'calls missing': (r, w) =>
    services(w, r, 'missing', 3, (i) => {
      const start = moment(r, 3, 12);
      const rate = r.between(0.3, 3);
      ticket(w, 'calls missing', `missing-${i + 1}`, start, start + 2 * HOUR);
      return { rate: during(start, start + 2 * HOUR, 0, rate) };
    }),

  // Callers give up after a wait that no deadline told of.
  'calls given up': (r, w) =>
    services(w, r, 'given up', 3, (i) => {
      const start = moment(r, 3, 12);
      const rate = r.between(0.3, 3);
      const usually = [0, 0.02, 0.05][i]!;
      ticket(w, 'calls given up', `given-up-${i + 1}`, start, start + 2 * HOUR);
      const share = during(start, start + 2 * HOUR, r.between(0.3, 0.6), usually);
      return { rate: () => rate, cancels: (t) => [share(t), true] };
    }),

  'one host of many': (r, w) =>
    services(w, r, 'hosts', 2, (i) => {
      const start = moment(r, 3, 12);
      ticket(w, 'one host of many', `hosts-${i + 1}`, start, start + 3 * HOUR);
      return {
        rate: () => 5,
        hosts: { n: [60, 10][i]!, broken: (t) => t >= start && t < start + 3 * HOUR },
      };
    }),

  'harmful retries': (r, w) => {
    for (const [kind, bad, good] of HARM)
      services(w, r, `retry-${kind}`, 2, (i) => {
        const start = moment(r, 3, 12);
        const end = start + 2 * HOUR;
        ticket(w, 'harmful retries', `retry-${kind}-${i + 1}`, start, end);
        const rate = r.between(1, 3);
        return { rate: during(start, end, rate * (1 + bad), rate), retries: { [kind]: during(start, end, bad, good) } };
      });
  },
};
