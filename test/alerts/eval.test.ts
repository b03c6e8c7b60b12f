import { describe, expect, it } from 'vitest';
import { narrowed } from '../../alerts/eval/candidates.ts';
import { inliner } from '../../alerts/eval/inline.ts';
import { notifications } from '../../alerts/eval/notify.ts';
import { random } from '../../alerts/eval/random.ts';
import { firings, seconds } from '../../alerts/eval/timeline.ts';

const points = (...times: number[]) => [{ metric: { a: 'b' }, values: times.map((t) => [t, '1'] as const) }];

describe('the timeline of an alert', () => {
  it('fires after `for` and ends after `keep_firing_for`', () => {
    expect(firings('X', points(0, 30, 60, 90, 120), 30, 60, 100)).toEqual([
      { alert: 'X', labels: { a: 'b' }, from: 60, to: 250 },
    ]);
  });
  it('forgets what was pending at the first gap', () => {
    expect(firings('X', points(0, 30, 90, 120), 30, 60, 100)).toEqual([]);
  });
  it('stays one firing over a gap shorter than `keep_firing_for`', () => {
    expect(firings('X', points(0, 30, 60, 150, 180), 30, 60, 100)).toHaveLength(1);
  });
  it('reads Prometheus durations', () => {
    expect([seconds('1h30m'), seconds('500ms'), seconds(undefined)]).toEqual([5400, 0.5, 0]);
  });
});

describe('notifications', () => {
  const firing = (alert: string, from: number, labels: Record<string, string> = {}) => ({
    alert,
    labels: { severity: 'page', owner: 'provider', api_provider_name: 'p', ...labels },
    from,
    to: from + 600,
  });
  it('are one per group while it lasts', () => {
    expect(notifications([firing('ApiErrorSpike', 0), firing('ApiErrorSpike', 300)], 10)).toHaveLength(1);
    expect(notifications([firing('ApiErrorSpike', 0), firing('ApiErrorSpike', 1000)], 10)).toHaveLength(2);
  });
  it('are not sent for what the provider-wide page says already', () => {
    const all = [firing('ApiProviderDown', 0), firing('ApiErrorSpike', 30, { service_name: 's' })];
    expect(notifications(all, 10).flatMap((n) => n.firings.map((f) => [f.alert, n.from]))).toEqual([
      ['ApiProviderDown', 10],
      ['ApiErrorSpike', 600],
    ]);
  });
});

it('puts recorded expressions in place of their names', () => {
  const groups = [{ name: 'g', interval: '30s', rules: [{ record: 'a:b:c', expr: 'sum(x)' }] }];
  const inline = inliner(groups, new Set(), '30s');
  expect(inline('a:b:c > 1')).toBe('(sum(x)) > 1');
  expect(inline('avg_over_time(a:b:c[1h]) + a:b:c offset 1d + a:b:cd')).toBe(
    'avg_over_time((sum(x))[1h:30s]) + last_over_time((sum(x))[30s:30s] offset 1d) + a:b:cd',
  );
});

it('narrows every selector of an expression', () => {
  expect(narrowed('increase(api_client_calls_total[5m]) / service_provider:x:y{a="b"}', 's="t"')).toBe(
    'increase(api_client_calls_total{s="t"}[5m]) / service_provider:x:y{a="b",s="t"}',
  );
});

it('draws the same numbers from the same seed, with the wanted means', () => {
  const draw = (seed: number) => {
    const r = random(seed);
    return Array.from({ length: 20_000 }, () => [r.poisson(3), r.gamma(9)] as const);
  };
  const mean = (i: 0 | 1) => draw(7).reduce((n, d) => n + d[i], 0) / 20_000;
  expect(draw(7)).toEqual(draw(7));
  expect(mean(0)).toBeCloseTo(3, 1);
  expect(mean(1)).toBeCloseTo(1, 1);
});
