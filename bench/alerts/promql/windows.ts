import { MISSING, type Moments, type Scraped } from './series.ts';

/** Indices of the samples in `[t − range, t]` of each moment: the first, and the one after the last. */
interface Windows {
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** The first index from `i` on whose time is not so; by steps that double, since moments may be far apart. */
function skip(times: Float64Array, i: number, so: (t: number) => boolean): number {
  let step = 1;
  while (i + step <= times.length && so(times[i + step - 1]!)) {
    i += step;
    step *= 2;
  }
  for (; step >= 1; step = Math.floor(step / 2)) while (i + step <= times.length && so(times[i + step - 1]!)) i += step;
  return i;
}

function windows({ times }: Scraped, moments: Moments, range: number, offset: number): Windows {
  const from = new Int32Array(moments.length);
  const to = new Int32Array(moments.length);
  let a = 0;
  let b = 0;
  for (let i = 0; i < moments.length; i++) {
    const end = moments[i]! - offset;
    b = skip(times, b, (t) => t <= end);
    a = Math.min(
      b,
      skip(times, a, (t) => t < end - range),
    );
    from[i] = a;
    to[i] = b;
  }
  return { from, to };
}

/** One function over the windows of one series. Only a quantile looks at every sample of every window. */
export type OverTime = (s: Scraped, w: Windows, out: Float64Array) => void;

/** The greatest, times `sign`, by a queue of those that may still become it. */
const extreme =
  (sign: 1 | -1): OverTime =>
  ({ values }, { from, to }, out) => {
    const queue = new Int32Array(values.length);
    let head = 0;
    let tail = 0;
    let next = 0;
    for (let i = 0; i < out.length; i++) {
      for (; next < to[i]!; next++) {
        while (tail > head && sign * values[queue[tail - 1]!]! <= sign * values[next]!) tail--;
        queue[tail++] = next;
      }
      while (head < tail && queue[head]! < from[i]!) head++;
      if (to[i]! > from[i]!) out[i] = values[queue[head]!]!;
    }
  };

/** By sums from the beginning of the series. */
const summed =
  (of: (values: Float64Array, i: number) => number, result: (sum: number, count: number) => number): OverTime =>
  ({ values }, { from, to }, out) => {
    const sums = new Float64Array(values.length + 1);
    for (let i = 0; i < values.length; i++) sums[i + 1] = sums[i]! + of(values, i);
    for (let i = 0; i < out.length; i++)
      if (to[i]! > from[i]!) out[i] = result(sums[to[i]!]! - sums[from[i]!]!, to[i]! - from[i]!);
  };

/** Keeps the window's values in order while it moves: a day's window changes by one value at a time. */
export const quantileOver =
  (q: number): OverTime =>
  ({ values }, { from, to }, out) => {
    const sorted = new Float64Array(values.length);
    let n = 0;
    const placeOf = (x: number): number => {
      if (Number.isNaN(x)) throw new Error('a quantile over NaN');
      let [low, high] = [0, n];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (sorted[middle]! < x) low = middle + 1;
        else high = middle;
      }
      return low;
    };
    let [first, next] = [0, 0];
    for (let i = 0; i < out.length; i++) {
      for (; next < to[i]!; next++) {
        const at = placeOf(values[next]!);
        sorted.copyWithin(at + 1, at, n++);
        sorted[at] = values[next]!;
      }
      for (; first < from[i]!; first++) {
        const at = placeOf(values[first]!);
        sorted.copyWithin(at, at + 1, n--);
      }
      if (n === 0) continue;
      const rank = q * (n - 1);
      const low = Math.floor(rank);
      const high = Math.min(n - 1, low + 1);
      out[i] = sorted[low]! + (sorted[high]! - sorted[low]!) * (rank - low);
    }
  };

export const OVER_TIME: Readonly<Record<string, OverTime>> = {
  max_over_time: extreme(1),
  min_over_time: extreme(-1),
  sum_over_time: summed(
    (v, i) => v[i]!,
    (sum) => sum,
  ),
  avg_over_time: summed(
    (v, i) => v[i]!,
    (sum, n) => sum / n,
  ),
  count_over_time: summed(
    () => 0,
    (_, n) => n,
  ),
  // The first sample of a window has no one before it there.
  resets: (s, w, out) => {
    const inner = { from: w.from.map((f, i) => Math.min(f + 1, w.to[i]!)), to: w.to };
    const found = out.slice();
    summed(
      (v, i) => Number(i > 0 && v[i]! < v[i - 1]!),
      (sum) => sum,
    )(s, inner, found);
    for (let i = 0; i < out.length; i++) if (w.to[i]! > w.from[i]!) out[i] = Math.max(0, found[i]!);
  },
  last_over_time: ({ values }, { from, to }, out) => {
    for (let i = 0; i < out.length; i++) if (to[i]! > from[i]!) out[i] = values[to[i]! - 1]!;
  },
};

/** A function over each window `[t − range, t]` of samples. */
export function slide(s: Scraped, moments: Moments, range: number, offset: number, f: OverTime): Float64Array {
  const out = new Float64Array(moments.length).fill(MISSING);
  f(s, windows(s, moments, range, offset), out);
  return out;
}

const COUNTED = new WeakMap<Float64Array, Float64Array>();
/** What was counted up to each sample, over all resets. */
function countedOf(values: Float64Array): Float64Array {
  const counted = COUNTED.get(values) ?? values.slice();
  if (!COUNTED.has(values))
    for (let i = 1, lost = 0; i < values.length; i++) {
      if (values[i]! < values[i - 1]!) lost += values[i - 1]!;
      counted[i]! += lost;
    }
  COUNTED.set(values, counted);
  return counted;
}

/** `increase`, with the extrapolation of Prometheus's `extrapolatedRate`. */
export function increase(s: Scraped, moments: Moments, range: number, offset: number): Float64Array {
  const out = new Float64Array(moments.length).fill(MISSING);
  const { times, values } = s;
  const whole = countedOf(values);
  const w = windows(s, moments, range, offset);
  for (let i = 0; i < moments.length; i++) {
    const [from, to] = [w.from[i]!, w.to[i]!];
    if (to - from < 2) continue;
    const end = moments[i]! - offset;
    const grown = whole[to - 1]! - whole[from]!;
    const sampled = times[to - 1]! - times[from]!;
    const average = sampled / (to - from - 1);
    let before = times[from]! - (end - range);
    const after = end - times[to - 1]!;
    if (grown > 0 && values[from]! >= 0) before = Math.min(before, sampled * (values[from]! / grown));
    const near = average * 1.1;
    const covered = sampled + (before < near ? before : average / 2) + (after < near ? after : average / 2);
    out[i] = grown * (covered / sampled);
  }
  return out;
}

/** The newest sample that is at most five minutes old. */
export const newest = (s: Scraped, moments: Moments, offset: number): Float64Array =>
  slide(s, moments, 299.999, offset, OVER_TIME['last_over_time']!);
