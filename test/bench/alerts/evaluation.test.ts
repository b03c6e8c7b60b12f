import { describe, expect, it } from 'vitest';
import { alertsOf, rulesFor } from '../../../alerts/groups.ts';
import { narrowed } from '../../../bench/alerts/candidates.ts';
import { inliner } from '../../../bench/alerts/inline.ts';
import { notifications } from '../../../bench/alerts/notify.ts';
import { random } from '../../../bench/alerts/random.ts';
import { fingerprint, results, SEEDS } from '../../../bench/alerts/result.ts';
import { figures, ruleTally, score, shortfalls } from '../../../bench/alerts/score.ts';
import { EPOCH, world } from '../../../bench/alerts/simulate.ts';
import { firings, seconds } from '../../../bench/alerts/timeline.ts';
import { DAY, HOUR, type Incident } from '../../../bench/alerts/world.ts';

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

describe('a simulated world', () => {
  it('is larger than the targets ask, and has an incident for every alert that is asked', () => {
    const { streams, incidents } = world(5);
    expect(new Set(streams.map((s) => s.service)).size).toBeGreaterThanOrEqual(70);
    const names = alertsOf(rulesFor()).map(({ alert }) => alert);
    for (const { by } of incidents) expect(names).toContain(by);
    expect(new Set(incidents.map((i) => i.by)).size).toBeGreaterThanOrEqual(11);
  });
  it('does not change when other scenarios are left out', () => {
    const whole = world(5).incidents.filter((i) => i.scenario === 'flapping');
    expect(whole.length).toBeGreaterThan(0);
    expect(world(5, ['flapping']).incidents).toEqual(whole);
    expect(world(6, ['flapping']).incidents).not.toEqual(whole);
  });
});

describe('the score', () => {
  const incident: Incident = {
    scenario: 'x',
    service: 's',
    provider: 'p',
    start: 2 * DAY,
    onset: 2 * DAY + 60,
    end: 2 * DAY + HOUR,
    due: 'page',
    by: 'ApiErrorSpike',
  };
  const page = (day: number, service: string) => {
    const from = EPOCH + day * DAY;
    const labels = { severity: 'page', api_provider_name: 'p', service_name: service };
    return {
      severity: 'page' as const,
      firings: [{ alert: 'ApiErrorSpike', labels, from, to: from + 60 }],
      from,
      to: from + 60,
    };
  };
  it('counts what is found, late, missed, doubled and false', () => {
    const { tally } = score([page(2.01, 's'), page(2.02, 's'), page(2.01, 'other'), page(0.5, 's')], [incident]);
    expect(tally).toMatchObject({ incidents: 1, found: 1, pages: 3, right: 2, perIncident: [2] });
    expect(tally.delays.map(Math.round)).toEqual([0.01 * DAY - 60]);
    expect(score([page(2.9, 's')], [incident]).tally).toMatchObject({ found: 0, pages: 1, right: 0, delays: [] });
  });
  it('counts for an alert what is its own', () => {
    const judged = score([page(2.01, 's'), page(5, 's')], [incident, { ...incident, by: 'ApiProviderDown' }]);
    expect(ruleTally('ApiErrorSpike', judged)).toMatchObject({ sent: 2, right: 1, own: 1, told: 1, found: 1 });
    expect(ruleTally('ApiProviderDown', judged)).toMatchObject({ sent: 0, own: 1, told: 0, found: 1 });
  });
  it('names the targets that are missed', () => {
    const good = {
      incidents: 50,
      found: 50,
      pages: 50,
      right: 50,
      days: 13,
      delays: [120, 150, 200],
      perIncident: [1],
    };
    expect(shortfalls(figures([good]))).toEqual([]);
    expect(shortfalls(figures([{ ...good, found: 48, right: 46, delays: [500] }])).map((s) => s.split(' ')[0])).toEqual(
      ['recall', 'precision', 'falsePerWeek', 'medianMinutes', 'p90Minutes'],
    );
  });
});

describe('the committed results, from which the table of docs/alerts.md is made', () => {
  const kept = results();

  it('are of these rules, this routing and these worlds: else run `npm run eval:alerts -- --write` and `npm run gen`', () => {
    expect(kept.map((r) => [r.seed, r.of])).toEqual(SEEDS.map((seed) => [seed, fingerprint(seed)]));
  });
  it('are of two weeks and seventy services and more, with statics beside', () => {
    for (const { services, shipped, statics } of kept) {
      expect(services).toBeGreaterThanOrEqual(70);
      expect(shipped.days).toBe(13);
      expect(Object.keys(statics).length).toBeGreaterThanOrEqual(5);
    }
  });
  it('reach every target, all seeds together', () => {
    expect(shortfalls(figures(kept.map((r) => r.shipped)))).toEqual([]);
  });
  it('have incidents for every alert of the simulation, and most of them are told by it', () => {
    for (const alert of Object.keys(kept[0]!.rules)) {
      const sum = (of: 'own' | 'told') => kept.reduce((n, { rules }) => n + rules[alert]![of], 0);
      expect(sum('own'), alert).toBeGreaterThan(0);
      expect(sum('told') / sum('own'), alert).toBeGreaterThanOrEqual(0.5);
    }
  });
});
