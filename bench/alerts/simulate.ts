import { METRICS } from '../../src/contract/index.ts';
import { Output } from './output.ts';
import { type Random, random, seedOf } from './random.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { END, type Stream, type World } from './world.ts';

/** Unix second of the beginning: a Monday, and a multiple of the longest block of promtool so that one block holds all. */
export const EPOCH = 486 * 3600 * 1007;
/** Gamma shape of the noise on every ratio, drawn anew every five minutes: a standard deviation of a third. */
const NOISE_SHAPE = 9;
const NOISE_EVERY = 300;
/** Every service has about one short blip a day; a minute and less is nobody's incident. */
const BLIP_EVERY = 86_400;

/** Those of the contract's buckets that the simulated durations fall into. */
const BOUNDS = [0.1, 0.25, 0.5, 0.75, 1, 2.5, 5];

/** The streams and incidents of a seed: all scenarios, or those of these names. */
export function world(seed: number, scenarios?: readonly string[]): World {
  const made: World = { streams: [], incidents: [] };
  for (const [name, scenario] of Object.entries(SCENARIOS))
    if (scenarios === undefined || scenarios.includes(name)) scenario(random(seedOf(seed, name)), made);
  return made;
}

/** Writes the two weeks as OpenMetrics with timestamps and returns the number of samples. */
export function simulate(path: string, made: World, seed: number): number {
  const out = new Output(path);
  const each = (name: string, type: string, write: (s: Stream, r: Random, times: readonly string[]) => void) => {
    out.type(name.replace(/_total$/, ''), type);
    for (const s of made.streams) write(s, random(seedOf(seed, `${name} ${s.service}`)), timestamps(s, seed));
  };
  each(METRICS.calls.name, 'counter', (s, r, times) => calls(out, s, r, times));
  each(METRICS.duration.name, 'histogram', (s, r, times) => durations(out, s, r, times));
  each(METRICS.retries.name, 'counter', (s, r, times) => retries(out, s, r, times));
  return out.end();
}

/** Prometheus spreads its scrapes over the interval: each target has its own offset, on no evaluation's second. */
function timestamps(s: Stream, seed: number): string[] {
  const every = everyOf(s);
  const first = EPOCH + (seedOf(seed, s.service) % every);
  return Array.from({ length: END / every }, (_, i) => ` ${first + i * every}\n`);
}

const everyOf = (s: Stream): number => s.every ?? 30;
const labels = (s: Stream): string => `service_name="${s.service}",api_provider_name="${s.provider}"`;

function calls(out: Output, s: Stream, r: Random, timestamps: readonly string[]): void {
  const series = [
    { prefix: `${METRICS.calls.name}{${labels(s)}} `, value: 0, pending: 0, born: false },
    ...s.codes.map((c) => ({
      prefix: `${METRICS.calls.name}{${labels(s)},api_failure_layer="${c.layer}",api_provider_code="${c.code}"} `,
      value: 0,
      pending: 0,
      born: false,
    })),
  ];
  const lines = series.map(() => [] as string[]);
  const noise = s.codes.map(() => 1);
  const blips = blipsOf(r, s);
  const restarts = [...(s.restarts ?? [])];
  const every = everyOf(s);
  for (let step = 0, t = 0; t < END; step++, t += every) {
    if (t < (s.from ?? 0)) continue;
    if (restarts[0] !== undefined && t >= restarts[0]) {
      restarts.shift();
      for (const one of series) Object.assign(one, { value: 0, pending: 0, born: false });
    }
    if (t % NOISE_EVERY === 0) for (let i = 0; i < noise.length; i++) noise[i] = r.gamma(NOISE_SHAPE);
    let ok = r.poisson(s.rate(t) * every);
    const all = ok;
    for (let i = 0; i < s.codes.length; i++) {
      const blip = blips.get(step)?.code === i ? blips.get(step)!.ratio : 0;
      const ratio = Math.min(1, Math.max(s.codes[i]!.ratio(t) * noise[i]!, blip));
      const failed = ratio === 0 || all === 0 ? 0 : ratio >= 1 ? ok : Math.min(ok, r.poisson(all * ratio));
      ok -= failed;
      series[i + 1]!.pending += failed;
    }
    series[0]!.pending += ok;
    if (s.missed !== undefined && r.next() < s.missed) continue;
    for (let i = 0; i < series.length; i++) {
      const one = series[i]!;
      if (!one.born) {
        // The collector shows a new series at 0 once before it counts, so that `increase` sees the first failures.
        if (one.pending === 0 && i > 0) continue;
        one.born = true;
      } else {
        one.value += one.pending;
        one.pending = 0;
      }
      lines[i]!.push(one.prefix, String(one.value), timestamps[step]!);
    }
  }
  for (const l of lines) out.add(l);
}

/** Step → the code that blips in it and how much of the calls it takes. */
function blipsOf(r: Random, s: Stream): Map<number, { code: number; ratio: number }> {
  const found = new Map<number, { code: number; ratio: number }>();
  const every = everyOf(s);
  for (let t = r.between(0, BLIP_EVERY); t < END; t += -Math.log(1 - r.next()) * BLIP_EVERY) {
    const code = Math.floor(r.next() * Math.min(2, s.codes.length));
    const ratio = r.between(0.1, 0.9);
    for (let left = r.between(10, 60), at = t; left > 0; left -= every, at += every)
      found.set(Math.floor(at / every), { code, ratio: ratio * Math.min(1, left / every) });
  }
  return found;
}

function durations(out: Output, s: Stream, r: Random, timestamps: readonly string[]): void {
  if (s.p95 === undefined) return;
  const every = everyOf(s);
  const bounds = [...BOUNDS, Number.POSITIVE_INFINITY];
  const counts = bounds.map(() => 0);
  const lines = bounds.map(() => [] as string[]);
  const total: string[] = [];
  let noise = 1;
  for (let step = 0, t = 0; t < END; step++, t += every) {
    if (t % NOISE_EVERY === 0) noise = r.gamma(60);
    // Log-normal durations whose 95th percentile is the wanted one.
    const median = (s.p95(t) * noise) / Math.exp(1.645 * 0.6);
    for (let n = r.poisson(s.rate(t) * every); n > 0; n--) {
      const seconds = median * Math.exp(0.6 * r.normal());
      for (let i = bounds.length - 1; i >= 0 && seconds <= bounds[i]!; i--) counts[i]!++;
    }
    for (let i = 0; i < bounds.length; i++) {
      const le = i === bounds.length - 1 ? '+Inf' : String(bounds[i]);
      lines[i]!.push(`${METRICS.duration.name}_bucket{${labels(s)},le="${le}"} `, String(counts[i]), timestamps[step]!);
    }
    total.push(`${METRICS.duration.name}_count{${labels(s)}} `, String(counts.at(-1)), timestamps[step]!);
  }
  for (const l of [...lines, total]) out.add(l);
}

function retries(out: Output, s: Stream, r: Random, timestamps: readonly string[]): void {
  const every = everyOf(s);
  for (const [kind, share] of Object.entries(s.retries ?? {})) {
    const prefix = `${METRICS.retries.name}{${labels(s)},api_retry_kind="${kind}"} `;
    const lines: string[] = [];
    let value = 0;
    for (let step = 0, t = 0; t < END; step++, t += every) {
      lines.push(prefix, String(value), timestamps[step]!);
      value += r.poisson(s.rate(t) * every * share(t));
    }
    out.add(lines);
  }
}
