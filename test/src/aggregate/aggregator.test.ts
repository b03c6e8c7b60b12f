import { afterEach, expect, it, vi } from 'vitest';
import { pipeline } from '../../support/decode-bodies.ts';
import { jsonBody } from '../../support/otlp-spans.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const HOUR = 3600_000;
const failed = (traceId: string, service = 'checkout') =>
  jsonBody([
    {
      resource: { 'service.name': service, 'service.version': '1' },
      spans: [{ traceId, attributes: { 'http.request.method': 'GET', 'api.failure.layer': 'service' } }],
    },
  ]);
const [FIRST, SECOND] = ['a', 'b'].map((digit) => digit.repeat(32)) as [string, string];

it.each([3, -3])('loses nothing, and holds nothing back, when the clock jumps by %s hours', (hours) => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const p = pipeline();
  p.take(failed(FIRST));
  const named = () => p.samples().find(({ name }) => name === 'api_client_last_failure_timestamp_seconds')!;
  expect(named().labels['trace_id']).toBe(FIRST);
  vi.setSystemTime(Date.now() + hours * HOUR);
  p.exposition.evict(3600);
  expect(p.aggregator.evicted).toBe(0);
  // A minute later the next failure takes its place, and what is new says when by the clock as it is now.
  const passed = performance.now() + 61_000;
  vi.spyOn(performance, 'now').mockReturnValue(passed);
  p.take(failed(SECOND));
  p.take(failed(SECOND, 'billing'));
  expect(named().labels['trace_id']).toBe(SECOND);
  const samples = p.samples();
  const seen = samples.find(
    ({ name, labels }) =>
      name === 'api_client_service_version_first_seen_timestamp_seconds' && labels['service_name'] === 'billing',
  );
  expect(seen!.value).toBe(Math.floor(Date.now() / 1000));
  expect(samples.find(({ name }) => name === 'api_client_calls_total')!.value).toBe(2);
  // Series that nobody uses go after an hour all the same.
  vi.spyOn(performance, 'now').mockReturnValue(passed + 2 * HOUR);
  p.exposition.evict(3600);
  expect(p.aggregator.evicted).toBeGreaterThan(0);
});
