/** Another source of chance than `random.ts`: numbers are looked up by what they are for and when, not drawn in turn. */
export type Chance = (...of: readonly (string | number)[]) => number;

/** Uniform in [0, 1) by a hash of seed and names (the finalizer of MurmurHash3 over an additive mix). */
export const chance =
  (seed: number): Chance =>
  (...of) => {
    let h = seed ^ 0x5bd1e995;
    for (const part of of)
      for (const byte of typeof part === 'number' ? [part | 0, (part * 4096) | 0] : Buffer.from(part)) {
        h = Math.imul(h ^ byte, 0x85ebca6b);
        h = (h << 13) | (h >>> 19);
      }
    h ^= h >>> 16;
    h = Math.imul(h, 0xc2b2ae35);
    h ^= h >>> 15;
    h = Math.imul(h, 0x27d4eb2f);
    return ((h ^ (h >>> 13)) >>> 0) / 4_294_967_296;
  };

/** About normal, by three uniform numbers. */
const bell = (c: Chance, ...of: readonly (string | number)[]): number =>
  (c('a', ...of) + c('b', ...of) + c('c', ...of) - 1.5) * 2;

/** Smooth log-normal noise with mean about 1: knots every so many seconds, a cosine between them. */
export function wobble(c: Chance, name: string, every: number, spread: number): (t: number) => number {
  let knot = Number.NaN;
  let [from, to] = [0, 0];
  return (t) => {
    const k = Math.floor(t / every);
    if (k !== knot) [knot, from, to] = [k, bell(c, name, k), bell(c, name, k + 1)];
    const part = (1 - Math.cos(Math.PI * (t / every - k))) / 2;
    const x = from * (1 - part) + to * part;
    return Math.exp(spread * x - (spread * spread) / 3);
  };
}

/** Rises within some seconds, stays, falls within some: no step. */
export const trapezoid =
  (start: number, end: number, rise: number, fall: number, height: number) =>
  (t: number): number =>
    height * Math.max(0, Math.min(1, (t - start) / rise, (end + fall - t) / fall));

/** Weekdays by two harmonics, a lull at noon, weekends at half. */
export const working =
  (peak: number) =>
  (t: number): number => {
    const hour = (t / 3600) % 24;
    const weekday = Math.floor(t / 86_400) % 7 < 5 ? 1 : 0.5;
    const shape =
      1 + 0.6 * Math.cos(((hour - 15) / 24) * 2 * Math.PI) - 0.2 * Math.cos(((hour - 12) / 12) * 2 * Math.PI);
    return (peak * weekday * Math.max(0.05, shape)) / 1.8;
  };
