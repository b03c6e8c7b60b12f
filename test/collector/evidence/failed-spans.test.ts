import { afterEach, describe, expect, it } from 'vitest';
import { createFailedSpans } from '../../../collector/evidence/failed-spans.ts';
import { LIMITS } from '../../../collector/limits.ts';
import type { FailedRange } from '../../../collector/otlp/decoder.ts';
import type { Recent } from '../../../collector/overview.ts';
import { Batch, COLUMN, INTS } from '../../../src/aggregate/index.ts';
import { type Attributes, type CollectorUnderTest, collectorUnderTest, TOKEN } from '../../support/collector.ts';

// Somebody opens a page's link in the middle of an outage, when thousands of failures have come since.

describe('in a flood', () => {
  let c: CollectorUnderTest;
  afterEach(() => c[Symbol.asyncDispose]());
  const noisy: Attributes = {
    'service.name': 'checkout',
    'api.failure.layer': 'service',
    'api.failure.reason': 'http.error',
    'api.provider.name': 'github',
    'http.request.method': 'GET',
    'http.response.status_code': 503,
    'server.address': 'api.github.com',
    'url.full': 'https://api.github.com/repos',
    'url.template': '/repos',
  };
  const flood = (n: number, more: Attributes = {}) =>
    c.fail(...Array.from({ length: n }, () => ({ ...noisy, ...more })));
  const get = async (path: string) => await fetch(c.httpUrl + path, { headers: { authorization: `Bearer ${TOKEN}` } });

  it('the call that a page names is kept, and found by the page’s own links', async () => {
    c = await collectorUnderTest();
    await flood(5, { 'api.provider.request_id': 'req_of_the_page' });
    const metrics = await (await get('/metrics')).text();
    const trace = /api_client_last_failure_timestamp_seconds\{.*trace_id="([\da-f]{32})"/.exec(metrics)![1]!;
    for (let i = 0; i < 10; i++) await flood(300);
    const list = (await (await get('/api/failures')).json()) as { groups: { total: number; recent: Recent }[] };
    // of these few were read, all were counted
    expect(list.groups[0]!.total).toBe(3005);
    expect(list.groups[0]!.recent).toMatchObject({ share: 1, trend: [...Array<number>(11).fill(0), 3005] });
    expect(await (await get('/failures')).text()).toMatch(/[56]\d\d\/min<\/b>.*, 0, 3,005"/);
    const found = (await (await get(`/api/failures/${trace}`)).json()) as {
      failure: { traceId: string };
      total: number;
    };
    expect(found).toMatchObject({
      failure: { traceId: trace, requestId: 'req_of_the_page', named: true },
      instead: false,
    });
    expect(await (await get(`/failures?text=${trace}`)).text()).toContain('github');
  });

  it('an ID of a moment ago leads to the newest of its kind, and says so', async () => {
    c = await collectorUnderTest();
    const kept = async (): Promise<string[]> => {
      const list = (await (await get('/api/failures')).json()) as { groups: { records: { id: string }[] }[] };
      return list.groups[0]!.records.map(({ id }) => id);
    };
    await flood(30);
    const before = await kept();
    await flood(50);
    const after = await kept();
    const id = before.find((one) => !after.includes(one))!;
    const page = await get(`/failures/${id}`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('no longer kept. This is the newest of its kind');
    expect(await (await get(`/api/failures/${id}`)).json()).toMatchObject({ instead: true, total: 80 });
    const missing = await get('/failures/aaaaaaa-bbbbbbbb');
    expect(missing.status).toBe(404);
    expect(await missing.text()).toContain('Show all failures');
  });

  it('one failure of another kind is kept, however many others came with it', async () => {
    c = await collectorUnderTest();
    const rare = { ...noisy, 'api.provider.name': 'stripe', 'api.provider.code': 'card_declined' };
    await c.fail(rare);
    // empties the burst, then a body that is all noise but one, which no page names because the first is named for a minute
    await flood(LIMITS.failedSpansBurst + 100);
    await c.fail(...Array.from({ length: 2000 }, (_, i) => (i === 1500 ? rare : noisy)));
    const { groups } = (await (await get('/api/failures?provider=stripe')).json()) as { groups: { total: number }[] };
    expect(groups.map(({ total }) => total)).toEqual([2]);
  });
});

describe('which failed spans are read', () => {
  const rows = (kinds: readonly (readonly [service: number, provider: number, layer: number, code: number])[]) => {
    const batch = new Batch(kinds.length);
    const ranges: FailedRange[] = kinds.map(([service, provider, layer, code], row) => {
      batch.ints[row * INTS + COLUMN.service] = service;
      batch.ints[row * INTS + COLUMN.provider] = provider;
      batch.ints[row * INTS + COLUMN.layer] = layer;
      batch.ints[row * INTS + COLUMN.code] = code;
      return { start: 0, end: 0, resourceStart: 0, resourceEnd: 0, row };
    });
    return { batch, ranges };
  };
  const noise = (n: number) => Array.from({ length: n }, () => [1, 1, 1, 1] as const);

  it('all of a burst, then a number per second, and the rest is counted', () => {
    let now = 0;
    let dropped = 0;
    const failed = createFailedSpans(
      (n) => (dropped += n),
      () => {},
      () => now,
    );
    const take = (n: number) => {
      const { batch, ranges } = rows(noise(n));
      return failed.choose(ranges, batch).length;
    };
    expect(take(LIMITS.failedSpansBurst)).toBe(LIMITS.failedSpansBurst);
    // the first of its kind in this second has its turn besides
    expect(take(1000)).toBe(1);
    expect(take(1000)).toBe(0);
    now = 2000;
    expect(take(1000)).toBe(2 * LIMITS.failedSpansPerSecond + 1);
    expect(dropped).toBe(999 + 1000 + 1000 - 2 * LIMITS.failedSpansPerSecond - 1);
  });

  it('the first of every kind, but of one service and provider only so many', () => {
    const failed = createFailedSpans(
      () => {},
      () => {},
      () => 0,
    );
    const empty = rows(noise(LIMITS.failedSpansBurst));
    failed.choose(empty.ranges, empty.batch);
    const madeUp = Array.from({ length: 500 }, (_, code) => [2, 2, 1, code] as const);
    const { batch, ranges } = rows([...madeUp, ...noise(500), [3, 3, 1, 1], [3, 4, 1, 1], [4, 3, 1, 1]]);
    const chosen = failed.choose(ranges, batch).map(({ row }) => row);
    expect(chosen).toHaveLength(LIMITS.failedKindsPerOwner + 1 + 3);
    expect(chosen.slice(-3)).toEqual([1000, 1001, 1002]);
  });

  it('always the one that the metric names', () => {
    const failed = createFailedSpans(
      () => {},
      () => {},
      () => 0,
    );
    const { batch, ranges } = rows(noise(LIMITS.failedSpansBurst + 300));
    batch.named.push(650);
    expect(failed.choose(ranges, batch)).toContainEqual(expect.objectContaining({ row: 650, named: true }));
  });
});
