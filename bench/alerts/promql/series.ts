/** A value that is not there; no rule makes one. NaN is a value in PromQL. */
export const MISSING = Number.NEGATIVE_INFINITY;

export type Labels = Readonly<Record<string, string>>;

/** The moments `start + i × step`, in seconds. */
export interface Grid {
  readonly start: number;
  readonly step: number;
  readonly n: number;
}

/** Seconds at which expressions are evaluated, in order. */
export type Moments = Float64Array;

const WHOLE = new Map<string, Moments>();
/** All moments of a grid, the same array each time. */
export function momentsOf({ start, step, n }: Grid): Moments {
  const key = `${start} ${step} ${n}`;
  const made = WHOLE.get(key) ?? new Float64Array(n);
  if (!WHOLE.has(key)) for (let i = 0; i < n; i++) made[i] = start + i * step;
  WHOLE.set(key, made);
  return made;
}

/** What was scraped: samples at their own times. */
export interface Scraped {
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** One value per moment. */
export interface Column {
  readonly labels: Labels;
  readonly values: Float64Array;
}

export const keyOf = (labels: Labels, names?: readonly string[]): string => {
  const chosen = names ?? Object.keys(labels).sort();
  let key = '';
  for (const name of chosen) {
    const value = labels[name];
    if (value !== undefined && value !== '') key += `${name}\0${value}\0`;
    else if (names !== undefined) key += '\0';
  }
  return key;
};

/** Only these labels, without empty ones. */
export function pick(labels: Labels, names: readonly string[]): Labels {
  const kept: Record<string, string> = {};
  for (const name of names) if (labels[name]) kept[name] = labels[name];
  return kept;
}

export const column = (n: number, labels: Labels = {}): Column => ({
  labels,
  values: new Float64Array(n).fill(MISSING),
});
