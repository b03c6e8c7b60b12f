import { DAY, HOUR, moment, type Scenario, wave } from '../world.ts';
import { services, usual } from './build.ts';

/** What looks like an incident to a simpler rule and is none. Blips of up to a minute come on top, to every service. */
export const NOISE: Readonly<Record<string, Scenario>> = {
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
      codes: [...usual(r), { layer: 'payload', code: 'not_ready', ratio: () => 0.05 }],
    })),

  'steady high error rate': (r, w) =>
    services(w, r, 'polling', 3, (i) => ({
      codes: [...usual(r), { layer: 'endpoint', code: 'not_found', ratio: () => [0.08, 0.15, 0.35][i]! }],
    })),
};
