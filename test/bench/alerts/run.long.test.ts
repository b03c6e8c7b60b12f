import { expect, it } from 'vitest';
import { evaluate } from '../../../bench/alerts/run.ts';
import { DAY, EPOCH, type Every, HOUR, MINUTE, type Stream, type World } from '../../../bench/alerts/world.ts';

const EVERY = [15, 30, 60] as const;

/** One code of a busy service, without noise and blips. */
const stream = (service: string, ratio: (t: number) => number, rate = 100): Stream => ({
  service,
  provider: `${service}.example`,
  rate: () => rate,
  codes: [{ layer: 'auth', code: 'expired', ratio }],
  blips: false,
});

/** When each service was paged, in seconds after the beginning. */
function paged(every: Every, streams: Stream[], away: World['away'] = []): Record<string, number[]> {
  const make = (): World => ({ streams, incidents: [], away, every });
  const pages = evaluate({ seed: 1, every, make }).shipped.judged.filter((n) => n.severity === 'page');
  return Object.fromEntries(
    streams.map(({ service }) => [
      service,
      pages.filter((n) => n.firings[0]!.labels['service_name'] === service).map((n) => n.from - EPOCH),
    ]),
  );
}

it.each(EVERY)('pages a tenth above the floor and the cap, and not a tenth below, at scrapes of %i s', (every) => {
  const from = 3 * DAY;
  const hour = (usual: number, then: number) => (t: number) => (t >= from && t < from + HOUR ? then : usual);
  const pages = paged(every, [
    stream('below-floor', hour(0, 0.018), 300),
    stream('above-floor', hour(0, 0.022), 300),
    stream('below-cap', hour(0.05, 0.18)),
    stream('above-cap', hour(0.05, 0.22)),
  ]);
  expect(Object.keys(pages).filter((service) => pages[service]!.length > 0)).toEqual(['above-floor', 'above-cap']);
});

it.each(EVERY)('fires again within three minutes of the return of a Prometheus that scrapes every %i s', (every) => {
  const gone = 3 * DAY + 7;
  const back = gone + 20 * MINUTE;
  const failing = (t: number) => (t >= gone - 15 * MINUTE && t < back + HOUR ? 0.3 : 0);
  const services = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => stream(name, failing, 1));
  for (const times of Object.values(paged(every, services, [[gone, back]]))) {
    expect(times[0]).toBeLessThan(gone);
    const again = times.find((t) => t >= back);
    expect((again! - back) / MINUTE).toBeLessThanOrEqual(3);
  }
});

it.each(EVERY)('leaves a minute alone in which all fail, and pages a total outage soon, at %i s', (every) => {
  const at = (i: number) => 3 * DAY + 11 * i;
  const during = (i: number, seconds: number) => (t: number) => (t >= at(i) && t < at(i) + seconds ? 1 : 0);
  const names = Array.from({ length: 6 }, (_, i) => i);
  const pages = paged(every, [
    ...names.map((i) => stream(`blip-${i}`, during(i, 60), 2)),
    ...names.map((i) => stream(`outage-${i}`, during(i, 1800), 2)),
  ]);
  for (const i of names) {
    expect(pages[`blip-${i}`]).toEqual([]);
    expect((pages[`outage-${i}`]![0]! - at(i)) / MINUTE).toBeLessThanOrEqual(3.5);
  }
});
