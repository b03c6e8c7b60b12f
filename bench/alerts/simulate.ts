import { METRICS } from '../../src/contract/index.ts';
import type { Scraped } from './promql/series.ts';
import { type Random, random, seedOf } from './random.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { END, EPOCH, type Every, type Incident, type Stream, type World } from './world.ts';

const NOISE_EVERY = 300;
/** Every service has about one short blip a day; a minute and less is nobody's incident. */
const BLIP_EVERY = 86_400;
/** Those of the contract's buckets that the simulated durations fall into. */
const BOUNDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5];

/** The streams and incidents of a seed. */
export function world(seed: number, every: Every, scenarios?: readonly string[]): World {
  const made: World = { streams: [], incidents: [], away: [], every };
  for (const [name, scenario] of Object.entries(SCENARIOS))
    if (scenarios === undefined || scenarios.includes(name)) scenario(random(seedOf(seed, name)), made);
  return made;
}

export interface Sample {
  readonly name: string;
  readonly series: Scraped;
}

/** What Prometheus scraped of one stream in two weeks; incidents that count from few failures learn when those were shown. */
export function scrape(s: Stream, w: World, seed: number): Sample[] {
  const every = s.every ?? w.every;
  // Prometheus spreads its scrapes over the interval: each target has its own offset, on no evaluation's second.
  const first = (seedOf(seed, s.service) % every) + 0.4;
  const missed = random(seedOf(seed, `missed ${s.service}`));
  const steps = Math.floor((END - first) / every);
  const seen = new Uint8Array(steps);
  for (let i = 0; i < steps; i++) {
    const t = first + i * every;
    const away = w.away.some(([from, to]) => t >= from && t < to);
    seen[i] = Number(!away && !(s.missed !== undefined && missed.next() < s.missed));
  }
  const clock: Clock = { first, every, steps, seen };
  const r = (part: string) => random(seedOf(seed, `${part} ${s.service} ${s.provider}`));
  const own = w.incidents.filter((i) => i.few !== undefined && i.service === s.service);
  return [
    ...calls(s, clock, r('calls'), own),
    ...durations(s, clock, r('durations')),
    ...retries(s, clock, r('retries')),
    ...cancels(s, clock, r('cancels')),
    ...flights(s, clock),
  ];
}

interface Clock {
  readonly first: number;
  readonly every: number;
  readonly steps: number;
  /** Which scrapes there are. */
  readonly seen: Uint8Array;
}

/** A counter as it is scraped: a new series is shown at 0 once before it counts, as the collector does. */
class Counter {
  readonly #labels: Record<string, string>;
  readonly #times: number[] = [];
  readonly #values: number[] = [];
  #value = 0;
  #pending = 0;
  #born: boolean;

  constructor(labels: Record<string, string>, born = false) {
    this.#labels = labels;
    this.#born = born;
  }
  add(n: number): void {
    this.#pending += n;
  }
  show(t: number): void {
    if (!this.#born && this.#pending === 0) return;
    if (this.#born) {
      this.#value += this.#pending;
      this.#pending = 0;
    }
    this.#born = true;
    this.#times.push(t + EPOCH);
    this.#values.push(this.#value);
  }
  restart(): void {
    this.#value = this.#pending = 0;
    this.#born = false;
  }
  series = (): Scraped => ({
    labels: this.#labels,
    times: new Float64Array(this.#times),
    values: new Float64Array(this.#values),
  });
}

const who = (s: Stream) => ({ service_name: s.service, api_provider_name: s.provider });

function calls(s: Stream, { first, every, steps, seen }: Clock, r: Random, few: readonly Incident[]): Sample[] {
  const hosts = s.hosts?.n ?? 1;
  const host = (h: number) => (s.hosts === undefined ? {} : { server_address: `h${h}.${s.provider}` });
  const good = Array.from({ length: hosts }, (_, h) => new Counter({ ...who(s), ...host(h) }));
  const bad = s.codes.map(
    (c) => new Counter({ ...who(s), ...host(0), api_failure_layer: c.layer, api_provider_code: c.code }),
  );
  const broken = new Counter({ ...who(s), ...host(0), api_failure_layer: 'tcp', api_failure_reason: 'tcp.refused' });
  const all = [...good, ...bad, broken];
  const noise = s.codes.map(() => 1);
  const blips = s.blips === false ? new Map<number, Blip>() : blipsOf(r, s, every);
  const restarts = [...(s.restarts ?? [])];
  const failed = few.map(() => 0);
  let noisy = -1;
  for (let step = 0; step < steps; step++) {
    const t = first + step * every;
    if (t < (s.from ?? 0)) continue;
    if (restarts[0] !== undefined && t >= restarts[0]) {
      restarts.shift();
      for (const one of all) one.restart();
    }
    if (Math.floor(t / NOISE_EVERY) !== noisy) {
      noisy = Math.floor(t / NOISE_EVERY);
      for (let i = 0; i < noise.length; i++)
        noise[i] = s.codes[i]!.shape === undefined ? 1 : r.gamma(s.codes[i]!.shape!);
    }
    const n = r.poisson(s.rate(t) * every) + ran(s, t - every, t);
    let left = n;
    for (let i = 0; i < s.codes.length && n > 0; i++) {
      const blip = blips.get(step);
      const ratio = Math.min(1, Math.max(s.codes[i]!.ratio(t) * noise[i]!, blip?.code === i ? blip.ratio : 0));
      const lost = ratio >= 1 ? left : Math.min(left, r.binomial(n, ratio));
      left -= lost;
      bad[i]!.add(lost);
      for (const [k, incident] of few.entries())
        if (t >= incident.start && t < incident.end && s.codes[i]!.ratio(t) > 0.1) failed[k]! += lost;
    }
    for (let h = 0; h < hosts; h++) {
      const mine = h === hosts - 1 ? left : Math.min(left, r.poisson(n / hosts));
      left -= mine;
      (h === 0 && s.hosts?.broken(t) ? broken : good[h]!).add(mine);
    }
    if (seen[step] === 0) continue;
    for (const one of all) one.show(t);
    for (const [k, incident] of few.entries())
      if (failed[k]! >= incident.few!) {
        incident.onset = t;
        failed[k] = Number.NEGATIVE_INFINITY;
      }
  }
  return all
    .map((one) => ({ name: METRICS.calls.name, series: one.series() }))
    .filter((x) => x.series.times.length > 0);
}

/** Calls of runs between two moments. */
function ran(s: Stream, from: number, to: number): number {
  let n = 0;
  for (const { at, calls: count, length } of s.runs ?? []) {
    if (at >= to || at + length < from) continue;
    const by = (t: number) => Math.floor(count * Math.min(1, Math.max(0, (t - at) / length)));
    n += by(to) - by(from);
  }
  return n;
}

interface Blip {
  readonly code: number;
  readonly ratio: number;
}

/** Step → the code that blips in it and how much of the calls it takes. */
function blipsOf(r: Random, s: Stream, every: number): Map<number, Blip> {
  const found = new Map<number, Blip>();
  for (let t = r.between(0, BLIP_EVERY); t < END; t += -Math.log(1 - r.next()) * BLIP_EVERY) {
    const code = Math.floor(r.next() * Math.min(2, s.codes.length));
    const ratio = r.between(0.1, 0.9);
    const end = t + r.between(10, 60);
    for (let step = Math.floor(t / every); step * every < end; step++) {
      const within = Math.min(end, (step + 1) * every) - Math.max(t, step * every);
      found.set(step, { code, ratio: ratio * (within / every) });
    }
  }
  return found;
}

function durations(s: Stream, { first, every, steps, seen }: Clock, r: Random): Sample[] {
  if (s.p95 === undefined) return [];
  const bounds = [...BOUNDS, Number.POSITIVE_INFINITY];
  const label = (i: number) => ({ ...who(s), le: i === BOUNDS.length ? '+Inf' : String(bounds[i]) });
  const buckets = bounds.map((_, i) => new Counter(label(i), true));
  const count = new Counter(who(s), true);
  let noise = 1;
  for (let step = 0; step < steps; step++) {
    const t = first + step * every;
    if (step % Math.max(1, NOISE_EVERY / every) === 0) noise = r.gamma(60);
    // Log-normal durations whose 95th percentile is the wanted one.
    const median = (s.p95(t) * noise) / Math.exp(1.645 * 0.6);
    for (let n = r.poisson(s.rate(t) * every); n > 0; n--) {
      const seconds = median * Math.exp(0.6 * r.normal());
      for (let i = bounds.length - 1; i >= 0 && seconds <= bounds[i]!; i--) buckets[i]!.add(1);
      count.add(1);
    }
    if (seen[step] === 1) for (const one of [...buckets, count]) one.show(t);
  }
  return [
    ...buckets.map((b) => ({ name: `${METRICS.duration.name}_bucket`, series: b.series() })),
    { name: `${METRICS.duration.name}_count`, series: count.series() },
  ];
}

function retries(s: Stream, { first, every, steps, seen }: Clock, r: Random): Sample[] {
  return Object.entries(s.retries ?? {}).map(([kind, share]) => {
    const one = new Counter({ ...who(s), api_retry_kind: kind }, true);
    for (let step = 0; step < steps; step++) {
      const t = first + step * every;
      one.add(r.poisson(s.rate(t) * every * share(t)));
      if (seen[step] === 1) one.show(t);
    }
    return { name: METRICS.retries.name, series: one.series() };
  });
}

function cancels(s: Stream, { first, every, steps, seen }: Clock, r: Random): Sample[] {
  if (s.cancels === undefined) return [];
  const unanswered = { ...who(s), api_status_class: 'none' };
  const counters = [
    [METRICS.cancelled.name, new Counter(who(s))],
    [`${METRICS.duration.name}_count`, new Counter(unanswered)],
    [`${METRICS.duration.name}_bucket`, new Counter({ ...unanswered, le: '1.0' }, true)],
  ] as const;
  let noise = 1;
  for (let step = 0; step < steps; step++) {
    const t = first + step * every;
    if (step % Math.max(1, NOISE_EVERY / every) === 0) noise = r.gamma(4);
    const [share, waited] = s.cancels(t);
    const n = r.poisson(s.rate(t) * every * Math.min(0.9, share * noise));
    for (const [name, one] of counters) one.add(waited && name.endsWith('_bucket') ? 0 : n);
    if (seen[step] === 1) for (const [, one] of counters) one.show(t);
  }
  return counters.map(([name, one]) => ({ name, series: one.series() }));
}

function flights(s: Stream, { first, every, steps, seen }: Clock): Sample[] {
  const { inFlight } = s;
  if (inFlight === undefined) return [];
  const at = Array.from({ length: steps }, (_, i) => i).filter((i) => seen[i] === 1);
  const times = Float64Array.from(at, (i) => EPOCH + first + i * every);
  const gauge = (k: 0 | 1): Scraped => ({
    labels: { ...who(s), phase: 'wait' },
    times,
    values: Float64Array.from(at, (i) => inFlight(first + i * every)[k]),
  });
  return [
    { name: 'api_client_in_flight', series: gauge(0) },
    { name: 'api_client_oldest_in_flight_seconds', series: gauge(1) },
  ];
}
