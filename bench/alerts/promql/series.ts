/** A value that is not there; no rule makes one. NaN is a value in PromQL. */
export const MISSING = Number.NEGATIVE_INFINITY;

export type Labels = Readonly<Record<string, string>>;

/** Moments at which expressions are evaluated: `start + i × step`, in seconds. */
export interface Grid {
  readonly start: number;
  readonly step: number;
  readonly n: number;
}

/** What was scraped: samples at their own times. */
export interface Scraped {
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** One value per moment of a grid. */
export interface Column {
  readonly labels: Labels;
  readonly values: Float64Array;
}

export interface Recorded {
  readonly grid: Grid;
  readonly columns: readonly Column[];
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
