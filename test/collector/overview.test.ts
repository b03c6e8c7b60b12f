import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CollectorContext } from '../../collector/base/context.ts';
import { startEvidence, storeOf } from '../../collector/evidence/index.ts';
import { Activity, pairsOf, recentOf, startOverview } from '../../collector/overview.ts';
import type { FailureRecord } from '../../src/evidence/record.ts';
import { pipeline } from '../support/decode-bodies.ts';
import { jsonBody } from '../support/otlp-spans.ts';

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const at = (minutes: number): number => START + minutes * MINUTE;
beforeEach(() => void vi.useFakeTimers({ now: START }));
afterEach(() => void vi.useRealTimers());

/** A collector's overview on a clock that the test moves. */
function overview() {
  const p = pipeline();
  const closers: (() => void)[] = [];
  const ctx = {
    aggregator: p.aggregator,
    config: {},
    faults: { guard: (_: string, work: () => void) => work() },
    self: { made: { counter: () => ({ inc: () => {} }), read: () => {} } },
    onFailedSpan: () => () => {},
    onClose: (closer: () => void) => closers.push(closer),
  } as unknown as CollectorContext;
  startEvidence(ctx);
  startOverview(ctx);
  const call = (attributes: Record<string, string | number>) => ({
    attributes: {
      'api.provider.name': 'stripe',
      'http.request.method': 'GET',
      'api.status.class': '2xx',
      ...attributes,
    },
  });
  return {
    ctx,
    close: () => closers.at(-1)!(),
    good: (n: number) => p.take(jsonBody([{ resource: { 'service.name': 'shop' }, spans: Array(n).fill(call({})) }])),
    fail: (n: number, more: Record<string, string | number> = {}) => {
      const failed = {
        'api.status.class': '4xx',
        'http.response.status_code': 401,
        'api.failure.layer': 'auth',
        ...more,
      };
      // spans without an ID are never taken for copies of each other
      p.take(jsonBody([{ resource: { 'service.name': 'shop' }, spans: Array(n).fill(call(failed)) }]));
    },
    recent: (more: { [K in keyof FailureRecord]?: FailureRecord[K] | undefined } = {}) =>
      recentOf(
        ctx,
        Date.now(),
      )({ service: 'shop', provider: 'stripe', layer: 'auth', status: 401, ...more } as FailureRecord),
  };
}

it('raises the times of a kept kind to what the metrics count of it, never below what is kept', () => {
  const { ctx, fail } = overview();
  const kept = (code: string): number => storeOf(ctx).list({ code })[0]!.total;
  const keep = (code: string, spanId: string): void => {
    const seen = { id: '', service: 'shop', provider: 'stripe', layer: 'auth', startMs: START, code, spanId };
    storeOf(ctx).add(seen as unknown as FailureRecord);
  };
  const readMetrics = (): unknown => recentOf(ctx, Date.now());
  for (const spanId of ['1', '2']) keep('bad_key', spanId);
  fail(5000, { 'api.provider.code': 'bad_key' });
  keep('past_budget', '3');
  readMetrics();
  expect([kept('bad_key'), kept('past_budget')]).toEqual([5000, 1]);
  readMetrics();
  keep('bad_key', '4');
  expect(kept('bad_key')).toBe(5001);
  fail(1, { 'api.provider.code': 'bad_key' });
  readMetrics();
  expect(kept('bad_key')).toBe(5001);
  fail(100, { 'api.provider.code': 'bad_key' });
  storeOf(ctx).restoreTotal(JSON.stringify(['shop', 'stripe', 'auth', 'bad_key']), 9000);
  readMetrics();
  expect(kept('bad_key')).toBe(9100);
});

it('tells the true rate, share and trend of a flood, exactly', () => {
  const { fail, good, recent } = overview();
  good(10_000);
  fail(10_000);
  expect(recent()).toEqual({ perMinute: 2000, share: 0.5, trend: [...Array(11).fill(0), 10_000] });
  vi.setSystemTime(at(7));
  fail(50);
  expect(recent()).toEqual({ perMinute: 10, share: 1, trend: [...Array(10).fill(0), 10_000, 50] });
});

it('counts what came before a look once, and lets old steps fall out', () => {
  const { fail, recent, ctx } = overview();
  fail(30);
  vi.advanceTimersByTime(MINUTE);
  fail(20);
  recent();
  expect(recent()!.perMinute).toBe(10);
  vi.advanceTimersByTime(5 * MINUTE + MINUTE / 2);
  expect(recent()).toMatchObject({ perMinute: 0, trend: expect.arrayContaining([50]) as number[] });
  expect(pairsOf(ctx)[0]).toMatchObject({ now: { calls: 0, failed: 0 }, usual: { calls: 50, failed: 50 } });
  vi.advanceTimersByTime(61 * MINUTE);
  expect(recent()).toBeUndefined();
  expect(pairsOf(ctx)[0]).toMatchObject({ calls: 50, failed: 50, usual: { calls: 0, failed: 0 } });
  // the series is dropped, and begins anew
  expect(ctx.aggregator.evict(60)).toBeGreaterThan(0);
  fail(5);
  expect(recent()).toEqual({ perMinute: 1, share: 1, trend: [...Array(11).fill(0), 5] });
});

it('names a kind as its row does: by code, else by status, else by reason', () => {
  const { fail, recent } = overview();
  fail(5, { 'api.provider.code': 'api_key_expired' });
  fail(10);
  fail(15, {
    'http.response.status_code': 0,
    'api.failure.layer': 'dns',
    'api.failure.reason': 'dns.name_not_resolved',
  });
  expect(recent({ code: 'api_key_expired' })!.perMinute).toBe(1);
  expect(recent()!.perMinute).toBe(2);
  expect(recent({ layer: 'dns', status: undefined, reason: 'dns.name_not_resolved' })!.perMinute).toBe(3);
  expect(recent({ code: 'never_seen' })).toBeUndefined();
});

it('stops with the collector', () => {
  const { close } = overview();
  expect(vi.getTimerCount()).toBe(1);
  close();
  expect(vi.getTimerCount()).toBe(0);
});

it('holds 14,000 keys: the ones that are quiet the longest go, of one moment the rarest', () => {
  const activity = new Activity();
  const flood = (from: number): [string, number][] => Array.from({ length: 10_000 }, (_, i) => [`${from + i}`, 1]);
  activity.add(at(0), new Map(Object.entries({ quiet: 9, busy: 9 })));
  activity.add(at(1), new Map(flood(0)));
  activity.add(at(2), new Map([...flood(10_000), ['busy', 1]]));
  expect(['quiet', '0', '19999', 'busy'].map((key) => activity.sum(key, 0, 131))).toEqual([0, 0, 1, 10]);
  activity.add(at(3), new Map([['outage', 5], ...flood(20_000), ...flood(30_000)]));
  expect(activity.sum('outage', 0, 11)).toBe(5);
});

it('starts anew when the clock is put back', () => {
  const activity = new Activity();
  activity.add(at(60), new Map([['a', 7]]));
  activity.add(at(0), new Map([['a', 2]]));
  expect(activity.sum('a', 0, 131)).toBe(2);
});
