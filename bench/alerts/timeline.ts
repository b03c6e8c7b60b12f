import { type Column, type Grid, type Labels, MISSING } from './promql/series.ts';

/** One alert instance firing, from the evaluation that fired it to the one that ended it. */
export interface Firing {
  readonly alert: string;
  readonly labels: Labels;
  readonly from: number;
  readonly to: number;
}

/** How an alert waits, in seconds. */
export interface Waits {
  readonly wait: number;
  readonly keep: number;
}

/**
 * `for` and `keep_firing_for` over the moments at which an expression had a value, as Prometheus's rule manager has it: pending until active
 * for `wait`, firing until inactive for `keep`. A Prometheus that was away forgets what it kept: `away` moments end everything.
 */
export function firings(
  alert: string,
  columns: readonly Column[],
  grid: Grid,
  { wait, keep }: Waits,
  away?: Uint8Array,
): Firing[] {
  return columns.flatMap(({ labels, values }) => {
    const found: Firing[] = [];
    let active: number | undefined;
    let firing: number | undefined;
    let last = 0;
    const end = (to: number) => {
      if (firing !== undefined) found.push({ alert, labels, from: firing, to });
      active = undefined;
      firing = undefined;
    };
    for (let i = 0; i < grid.n; i++) {
      const t = grid.start + i * grid.step;
      if (away?.[i] === 1) {
        if (active !== undefined) end(t);
        continue;
      }
      if (values[i] === MISSING) {
        if (active === undefined) continue;
        if (firing === undefined || t - last > keep) end(last + grid.step + keep);
        continue;
      }
      active ??= t;
      if (firing === undefined && t - active >= wait) firing = t;
      last = t;
    }
    if (active !== undefined) end(last + grid.step + keep);
    return found;
  });
}
