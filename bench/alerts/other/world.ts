import type { LayerName } from '../../../src/contract/index.ts';
import { type Code, DAY, DAYS, type Every, HOUR, type Incident, MINUTE, type Stream, type World } from '../world.ts';
import { type Chance, chance, trapezoid, wobble, working } from './shapes.ts';

/** Failures of the kinds that rules were tuned to, made by other code: other chance, other noise, no steps, other traffic. */
export function world(seed: number, every: Every): World {
  const c = chance(seed);
  const made: World = { streams: [], incidents: [], away: [], every };
  const add = (stream: Stream, ...incidents: Omit<Incident, 'service' | 'provider'>[]): void => {
    made.streams.push(stream);
    for (const i of incidents) made.incidents.push({ ...i, service: stream.service, provider: stream.provider });
  };
  quiet(c, add);
  failing(c, add);
  unsteady(c, add);
  return made;
}

type Add = (stream: Stream, ...incidents: Omit<Incident, 'service' | 'provider'>[]) => void;
const between = (c: Chance, low: number, high: number, ...of: readonly (string | number)[]) =>
  low + (high - low) * c(...of);
const code = (layer: LayerName, name: string, ratio: (t: number) => number): Code => ({ layer, code: name, ratio });

/** A service as it always is: busy hours, noisy traffic, one or two usual codes that wobble. */
function usual(c: Chance, service: string, peak: number): Stream {
  const jitter = wobble(c, `${service} traffic`, 20, 0.35);
  const traffic = working(peak);
  const level = between(c, 0.001, 0.025, service, 'level');
  const spread = between(c, 0.25, 0.7, service, 'spread');
  const noise = wobble(c, `${service} noise`, between(c, 120, 1200, service, 'pace'), spread);
  const second = wobble(c, `${service} second`, 400, 0.5);
  return {
    service,
    provider: `${service}.test`,
    rate: (t) => traffic(t) * jitter(t),
    codes: [
      code('payload', 'validation', (t) => level * noise(t)),
      code('endpoint', 'not_found', (t) => (level / 3) * second(t)),
    ],
  };
}

function quiet(c: Chance, add: Add): void {
  for (let i = 0; i < 40; i++) add(usual(c, `plain-${i}`, 0.05 * 2 ** (9 * c('plain', i))));
  // A backfill each night that finds half of what it looks for missing.
  for (let i = 0; i < 2; i++) {
    const service = `backfill-${i}`;
    const s = usual(c, service, 3);
    const hour = (t: number) => (t / HOUR) % 24;
    const missing = (t: number) => (hour(t) > 1 && hour(t) < 2.5 ? 0.35 + 0.15 * i : 0.002);
    const first = [1, 2].map((day) => ({
      scenario: 'backfill',
      start: day * DAY + HOUR,
      onset: day * DAY + HOUR,
      end: day * DAY + 2.6 * HOUR,
      due: 'either' as const,
    }));
    add(
      { ...s, codes: [...s.codes, code('endpoint', 'gone', (t) => missing(t) * wobble(c, service, 300, 0.2)(t))] },
      ...first,
    );
  }
  for (let i = 0; i < 3; i++) {
    const s = usual(c, `wording-${i}`, 4);
    const at = between(c, 4, 9, 'wording', i) * DAY;
    const noise = wobble(c, `wording ${i}`, 600, 0.3);
    const share = 0.03 + 0.03 * i;
    add({
      ...s,
      codes: [
        code('payload', 'declined', (t) => (t < at ? share * noise(t) : 0)),
        code('payload', 'refused', (t) => (t < at ? 0 : share * noise(t))),
      ],
    });
  }
}

function failing(c: Chance, add: Add): void {
  const kinds: readonly [name: string, layer: LayerName, height: number, count: number][] = [
    ['total', 'auth', 1, 4],
    ['most', 'service', 0.7, 4],
    ['half', 'wait', 0.4, 4],
    ['fifth', 'throttling', 0.22, 4],
    ['tenth', 'payload', 0.12, 3],
  ];
  for (const [name, layer, height, count] of kinds)
    for (let i = 0; i < count; i++) {
      const s = usual(c, `${name}-${i}`, between(c, 0.6, 30, name, i));
      const times = [between(c, 2, 6, name, i, 'a'), between(c, 8, 13, name, i, 'b')].map((d) => Math.round(d * DAY));
      const spans = times.map((start, k) => [start, start + between(c, 15, 80, name, i, k) * MINUTE] as const);
      const shapes = spans.map(([start, end]) => trapezoid(start, end, 60, 240, height));
      add(
        { ...s, codes: [...s.codes, code(layer, `${name}_failure`, (t) => Math.max(...shapes.map((f) => f(t))))] },
        // From the middle of its rise.
        ...spans.map(([start, end]) => ({
          scenario: `other: ${name}`,
          start,
          onset: start + 30,
          end: end + 240,
          due: 'page' as const,
        })),
      );
    }
  for (let i = 0; i < 3; i++) {
    const s = usual(c, `scattered-${i}`, 6);
    const start = Math.round(between(c, 3, 12, 'scattered', i) * DAY);
    const n = 12 + i * 2;
    const shape = trapezoid(start, start + HOUR, 60, 120, 0.27 / n);
    const many = Array.from({ length: n }, (_, k) => code(k % 2 ? 'payload' : 'service', `field_${k}`, shape));
    add(
      { ...s, codes: [...s.codes, ...many] },
      { scenario: 'other: scattered', start, onset: start + 30, end: start + HOUR + 120, due: 'page' },
    );
  }
}

function unsteady(c: Chance, add: Add): void {
  for (let i = 0; i < 4; i++) {
    const service = `report-${i}`;
    const hour = between(c, 0, 22, service);
    const length = between(c, 15, 110, service, 'length');
    const runs = Array.from({ length: DAYS }, (_, day) => ({
      at: day * DAY + hour * HOUR,
      calls: 150 + 300 * i,
      length,
    }));
    const bad = runs[4 + i]!;
    add(
      {
        service,
        provider: `${service}.test`,
        rate: () => 0,
        blips: false,
        runs,
        codes: [code('tls', '', (t) => Number(Math.abs(t - bad.at) < HOUR))],
      },
      { scenario: 'other: report', start: bad.at, onset: bad.at + length, end: bad.at + length + 300, due: 'page' },
    );
  }
  for (let i = 0; i < 4; i++) {
    const service = `weekly-${i}`;
    // Nothing from Friday evening on, then all fails on Monday of the second week.
    const s = usual(c, service, 3);
    const start = 7 * DAY + 6 * HOUR;
    const open = (t: number) => t % (7 * DAY) < 4.7 * DAY && (t < 7 * DAY || t >= start);
    const shape = trapezoid(start - 60, start + HOUR, 30, 60, 1);
    add(
      {
        ...s,
        rate: (t) => (open(t) ? s.rate(t) : 0),
        blips: false,
        codes: [code('payload', 'validation', (t) => Math.max(s.codes[0]!.ratio(t), shape(t)))],
      },
      { scenario: 'other: after a weekend', start, onset: start, end: start + HOUR, due: 'page' },
    );
  }
}
