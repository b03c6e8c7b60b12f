import type { Series } from './prometheus.ts';

/** One alert instance firing, from the evaluation that fired it to the one that ended it. */
export interface Firing {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly from: number;
  readonly to: number;
}

/**
 * `for` and `keep_firing_for` over the points at which an expression had a value, as Prometheus's rule manager has it:
 * pending until active for `wait`, firing until inactive for `keep`.
 */
export function firings(alert: string, series: readonly Series[], step: number, wait: number, keep: number): Firing[] {
  return series.flatMap(({ metric, values }) => {
    const { __name__: _, ...labels } = metric;
    const found: Firing[] = [];
    let active: number | undefined;
    let firing: number | undefined;
    let last = 0;
    const end = () => {
      if (firing !== undefined) found.push({ alert, labels, from: firing, to: last + step + keep });
      active = undefined;
      firing = undefined;
    };
    for (const [t] of values) {
      // A gap ends what is pending at once, and what is firing when it is longer than `keep`.
      if (active !== undefined && t - last > step && (firing === undefined || t - last > keep)) end();
      active ??= t;
      if (firing === undefined && t - active >= wait) firing = t;
      last = t;
    }
    end();
    return found;
  });
}

/** Seconds of a Prometheus duration such as `1h30m`. */
export function seconds(text: string | undefined): number {
  const unit = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const;
  return [...(text ?? '').matchAll(/(\d+)(ms|[smhd])/g)].reduce(
    (sum, [, n, u]) => sum + Number(n) * unit[u as keyof typeof unit],
    0,
  );
}
