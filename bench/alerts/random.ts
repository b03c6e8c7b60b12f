/** Seeded numbers: the same seed gives the same two weeks on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  between(low: number, high: number): number;
  normal(): number;
  poisson(mean: number): number;
  /** Successes of so many tries. */
  binomial(tries: number, chance: number): number;
  /** Gamma with mean 1 and this shape: variance 1/shape. */
  gamma(shape: number): number;
}

/** The seed of one part of a run (FNV-1a), so that another part more or less does not change it. */
export function seedOf(seed: number, part: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const byte of Buffer.from(part)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** mulberry32, a 32-bit generator that is good enough for noise and small enough to read. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const poisson = (mean: number): number => {
    if (mean <= 0) return 0;
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    const limit = Math.exp(-mean);
    let n = 0;
    for (let product = next(); product > limit; product *= next()) n++;
    return n;
  };
  return {
    next,
    normal,
    between: (low, high) => low + (high - low) * next(),
    poisson,
    binomial(tries, chance) {
      if (chance <= 0 || tries === 0) return 0;
      const spread = tries * chance * (1 - chance);
      if (spread > 30) return Math.min(tries, Math.max(0, Math.round(tries * chance + Math.sqrt(spread) * normal())));
      if (chance < 0.05) return Math.min(tries, poisson(tries * chance));
      let n = 0;
      for (let i = 0; i < tries; i++) if (next() < chance) n++;
      return n;
    },
    gamma(shape) {
      // Marsaglia and Tsang 2000, for shape ≥ 1.
      const d = shape - 1 / 3;
      const c = 1 / Math.sqrt(9 * d);
      for (;;) {
        const x = normal();
        const v = (1 + c * x) ** 3;
        if (v > 0 && Math.log(1 - next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return (d * v) / shape;
      }
    },
  };
}
