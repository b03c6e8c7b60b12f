import { expect, it } from 'vitest';
import { overviewOf } from '../../../src/aggregate/index.ts';
import { quantileOf } from '../../../src/aggregate/overview.ts';
import { pipeline } from '../../support/decode-bodies.ts';
import { jsonBody, type TestSpan } from '../../support/otlp-spans.ts';

const call = (provider: string, layer: string, more: TestSpan['attributes'] = {}): TestSpan => ({
  attributes: {
    'http.request.method': 'GET',
    'api.provider.name': provider,
    'api.status.class': layer === '' ? '2xx' : '4xx',
    ...(layer === '' ? {} : { 'api.failure.layer': layer }),
    ...more,
  },
});

it('sums calls, failures, head-room and versions by service and provider', () => {
  const p = pipeline();
  const limited = { 'api.rate_limit.limit': 100, 'api.rate_limit.remaining': 25 };
  p.take(
    jsonBody([
      {
        resource: { 'service.name': 'shop', 'service.version': '1' },
        spans: [call('stripe', 'auth'), call('stripe', ''), call('openai', '', limited)],
      },
      { resource: { 'service.name': 'jobs' }, spans: [call('stripe', '')] },
    ]),
  );
  const pairs = overviewOf(p.aggregator);
  expect(pairs.map((x) => [x.service, x.provider, x.calls, x.failed])).toEqual([
    ['shop', 'stripe', 2, 1],
    ['shop', 'openai', 1, 0],
    ['jobs', 'stripe', 1, 0],
  ]);
  expect(pairs[1]!.rateLimitRemaining).toBe(0.25);
  expect(pairs[0]!.versions.map((v) => v.version)).toEqual(['1']);
  expect(pairs[0]!.p95).toBeGreaterThan(0.1);
});

it('tells first chunk, calls in flight and deprecation of a pair, where they are known', () => {
  const p = pipeline();
  const stream = (seconds: number) => call('openai', '', { 'api.stream.first_chunk': seconds });
  const retired = (path: string, at: number) =>
    call('openai', '', { 'url.template': path, 'api.deprecation.at': at, 'api.sunset.at': at + 1000 });
  p.take(
    jsonBody([
      {
        resource: { 'service.name': 'shop' },
        spans: [
          stream(0.3),
          stream(0.4),
          retired('/a', 1_800_000_000),
          retired('/b', 1_700_000_000),
          call('stripe', ''),
        ],
      },
    ]),
  );
  const inFlight = (instance: string, phase: string, value: number) =>
    p.aggregator.report('inFlight', { service: 'shop', provider: 'openai', phase, instance, value });
  inFlight('a', 'wait', 3);
  inFlight('b', 'wait', 1);
  inFlight('b', 'body', 2);
  expect(overviewOf(p.aggregator)[0]).toMatchObject({
    provider: 'openai',
    firstChunkP95: 0.4875,
    inFlight: 6,
    deprecation: 1_700_000_000,
    sunset: 1_700_001_000,
  });
  const other = overviewOf(p.aggregator)[1]!;
  expect([other.provider, other.firstChunkP95]).toEqual(['stripe', undefined]);
  expect(Object.keys(other).filter((key) => ['inFlight', 'deprecation', 'sunset'].includes(key))).toEqual([]);
});

it('interpolates within a bucket, and stays at the last bound beyond it', () => {
  expect(quantileOf([1, 2], [2, 2, 0], 0.5)).toBe(1);
  expect(quantileOf([1, 2], [0, 4, 0], 0.25)).toBe(1.25);
  expect(quantileOf([1, 2], [0, 0, 3], 0.5)).toBe(2);
  expect(quantileOf([1, 2], [0, 0, 0], 0.5)).toBeUndefined();
});
