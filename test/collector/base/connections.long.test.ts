import { expect, it } from 'vitest';
import { collectorProcess } from '../../support/collector-process.ts';
import { sumOf } from '../../support/exposition.ts';
import { manySenders, rssOf } from '../../support/many-senders.ts';

it('hears ten thousand senders in bounded memory', async () => {
  await using collector = await collectorProcess();
  const samples = await manySenders(collector, 10_000);
  expect(sumOf(samples, 'faultlayer_connections', { door: 'otlp' })).toBe(10_000);
  expect(rssOf(collector.child.pid!)).toBeLessThan(512);
});

it('hears ten thousand senders with 4,096 descriptors: the longest idle make room', async () => {
  await using collector = await collectorProcess({}, 4096);
  const samples = await manySenders(collector, 10_000);
  const open = sumOf(samples, 'faultlayer_connections', { door: 'otlp' });
  expect(open).toBeGreaterThan(3800);
  expect(open).toBeLessThan(4096 - 64);
  expect(sumOf(samples, 'faultlayer_connections_closed_total', { door: 'otlp' })).toBe(10_000 - open);
});
