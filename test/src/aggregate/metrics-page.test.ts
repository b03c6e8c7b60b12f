import { expect, it } from 'vitest';
import { PageCache } from '../../../src/aggregate/metrics-page.ts';
import { pipeline } from '../../support/decode-bodies.ts';
import { protobufBody, seeded, typicalBody } from '../../support/otlp-spans.ts';

it('keeps no more text however often a page is rendered, and hands it out in one memory', () => {
  const p = pipeline();
  p.take(protobufBody(typicalBody(seeded(1), 2000)));
  const memories = new Set<ArrayBufferLike>();
  let pieces = 0;
  for (let i = 0; i < 50; i++)
    for (const piece of p.exposition.pieces('text')) {
      pieces++;
      if (i > 0) continue;
      memories.add(piece.buffer);
    }
  expect(pieces).toBeGreaterThan(50);
  expect(memories.size).toBeLessThanOrEqual(4);
  const caches = Reflect.get(p.exposition, 'caches') as Map<string, { kept: number }>;
  const { kept } = [...caches.values()][0]!;
  expect(kept).toBeLessThan(p.page().length * 1.2);
});

it('makes the same page however little of its text may be kept', () => {
  const p = pipeline({ now: () => 1_800_000_000 });
  const { aggregator } = p;
  const read = (cache: PageCache): string => {
    let page = '';
    for (const piece of cache.pieces(aggregator.all(), aggregator.clock, () => false))
      page += new TextDecoder().decode(piece);
    return page;
  };
  const caches = [0, 20_000, 300_000, Number.POSITIVE_INFINITY].map((kept) => new PageCache('openMetrics', kept));
  for (let i = 0; i < 4; i++) {
    p.take(protobufBody(typicalBody(seeded(i), i === 0 ? 1500 : 20)));
    const fresh = read(new PageCache('openMetrics'));
    expect(fresh.length).toBeGreaterThan(400_000);
    for (const cache of caches)
      for (let again = 0; again < 2; again++) expect(read(cache) === fresh, `${i}`).toBe(true);
  }
});

it('keeps text only as far as there is memory, and gives it back when there is none', () => {
  const p = pipeline({ now: () => 1_800_000_000 });
  p.take(protobufBody(typicalBody(seeded(1), 1500)));
  const { aggregator } = p;
  const cache = new PageCache('openMetrics');
  const read = (room: number): string => {
    let page = '';
    for (const piece of cache.pieces(aggregator.all(), aggregator.clock, () => false, room))
      page += new TextDecoder().decode(piece);
    return page;
  };
  const kept = (): number => Reflect.get(cache, 'kept') as number;
  const whole = read(200_000);
  expect(kept()).toBeGreaterThan(50_000);
  expect(kept()).toBeLessThanOrEqual(100_000);
  expect(read(-1) === whole).toBe(true);
  expect(kept()).toBe(0);
  expect(read(Number.POSITIVE_INFINITY) === whole).toBe(true);
  expect(kept()).toBeGreaterThan(whole.length / 2);
});
