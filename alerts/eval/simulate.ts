import { METRICS } from '../../src/contract/index.ts';
import { Output } from './output.ts';
import { type Random, random } from './random.ts';
import { SCENARIOS } from './scenarios.ts';
import { END, STEP, type Stream, type World } from './world.ts';

/** Unix second of the beginning: a Monday, and a multiple of the longest block of promtool so that one block holds all. */
export const EPOCH = 486 * 3600 * 1007;
/** Gamma shape of the noise on every ratio, drawn anew every five minutes: a standard deviation of a third. */
const NOISE_SHAPE = 9;
const NOISE_EVERY = 300;
/** Every service has about one short blip a day; a minute and less is nobody's incident. */
const BLIP_EVERY = 86_400;

/** Those of the contract's buckets that the simulated durations fall into. */
const BOUNDS = [0.1, 0.25, 0.5, 0.75, 1, 2.5, 5];

export interface Size {
  readonly seed: number;
  /** Share of the quiet services to keep, for a smaller run. */
  readonly scenarios?: readonly string[];
}

export function world({ seed, scenarios }: Size): World {
  const made: World = { streams: [], incidents: [] };
  const r = random(seed);
  for (const [name, scenario] of Object.entries(SCENARIOS))
    if (scenarios === undefined || scenarios.includes(name)) scenario(r, made);
  return made;
}

/** Writes the two weeks as OpenMetrics with timestamps and returns the number of samples. */
export function simulate(path: string, made: World, seed: number): number {
  const out = new Output(path);
  const timestamps = Array.from({ length: END / STEP }, (_, i) => ` ${EPOCH + i * STEP}\n`);
  out.type(METRICS.calls.name.replace(/_total$/, ''), 'counter');
  for (const [i, stream] of made.streams.entries()) calls(out, stream, random(seed * 1000 + i), timestamps);
  out.type(METRICS.duration.name, 'histogram');
  for (const [i, stream] of made.streams.entries())
    if (stream.p95 !== undefined) durations(out, stream, random(seed * 2000 + i), timestamps);
  out.type(METRICS.retries.name.replace(/_total$/, ''), 'counter');
  for (const [i, stream] of made.streams.entries())
    if (stream.retries !== undefined) retries(out, stream, random(seed * 3000 + i), timestamps);
  return out.end();
}

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
  for (let step = 0, t = 0; t < END; step++, t += STEP) {
    if (t < (s.from ?? 0)) continue;
    if (restarts[0] !== undefined && t >= restarts[0]) {
      restarts.shift();
      for (const one of series) Object.assign(one, { value: 0, pending: 0, born: false });
    }
    if (t % NOISE_EVERY === 0) for (let i = 0; i < noise.length; i++) noise[i] = r.gamma(NOISE_SHAPE);
    let ok = r.poisson(s.rate(t) * STEP);
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
  for (let t = r.between(0, BLIP_EVERY); t < END; t += -Math.log(1 - r.next()) * BLIP_EVERY) {
    const code = Math.floor(r.next() * Math.min(2, s.codes.length));
    const ratio = r.between(0.1, 0.9);
    for (let left = r.between(10, 60), at = t; left > 0; left -= STEP, at += STEP)
      found.set(Math.floor(at / STEP), { code, ratio: ratio * Math.min(1, left / STEP) });
  }
  return found;
}

function durations(out: Output, s: Stream, r: Random, timestamps: readonly string[]): void {
  const bounds = [...BOUNDS, Number.POSITIVE_INFINITY];
  const counts = bounds.map(() => 0);
  const lines = bounds.map(() => [] as string[]);
  const total: string[] = [];
  let noise = 1;
  for (let step = 0, t = 0; t < END; step++, t += STEP) {
    if (t % NOISE_EVERY === 0) noise = r.gamma(60);
    // Log-normal durations whose 95th percentile is the wanted one.
    const median = (s.p95!(t) * noise) / Math.exp(1.645 * 0.6);
    for (let n = r.poisson(s.rate(t) * STEP); n > 0; n--) {
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
  const lines: string[] = [];
  let value = 0;
  for (let step = 0, t = 0; t < END; step++, t += STEP) {
    lines.push(`${METRICS.retries.name}{${labels(s)},api_retry_kind="safe"} `, String(value), timestamps[step]!);
    value += r.poisson(s.rate(t) * STEP * s.retries!(t));
  }
  out.add(lines);
}
