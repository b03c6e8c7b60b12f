import type { LayerName } from '../../../src/contract/index.ts';
import { DAY, type Every, HOUR, type Incident, MINUTE, type Stream, type World } from '../world.ts';
import { harder } from './harder.ts';
import { type Add, between, code, usual } from './services.ts';
import { type Chance, chance, trapezoid, wobble } from './shapes.ts';
import { unsteady } from './unsteady.ts';

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
  harder(c, add);
  const away = Math.round(between(c, 4, 9, 'away') * DAY);
  made.away.push([away, away + 20 * MINUTE]);
  for (const [i, after] of [8, 40].entries()) {
    const start = away + after * MINUTE;
    const s = usual(c, `back-${i}`, 8);
    const shape = trapezoid(start, start + HOUR, 60, 120, 0.35);
    const onset = Math.max(start + 30, away + 20 * MINUTE);
    add(
      { ...s, codes: [...s.codes, code('wait', 'unavailable', shape)] },
      { scenario: 'other: away', start, onset, end: start + HOUR, due: 'page' },
    );
  }
  return made;
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
