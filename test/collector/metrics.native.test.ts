import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startPrometheus } from '../support/monitoring.ts';
import { jsonBody } from '../support/otlp-spans.ts';
import { testCollector } from '../support/test-collector.ts';
import { waitFor } from '../support/wait-for.ts';

/** Milliseconds of ninety-nine calls, from a tenth of a second on, and one of ten minutes. */
const DURATIONS = [...Array.from({ length: 99 }, (_, i) => 100 + i * 10), 600_000];

it('gives a Prometheus that asks in protobuf native histograms, and everything else as in text', async () => {
  const collector = await testCollector();
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-native-'));
  const rules = join(folder, 'rules.yml');
  writeFileSync(rules, 'groups: []\n');
  const attributes = { 'http.request.method': 'GET', 'api.status.class': '2xx', 'api.timing.wait': 0.05 };
  const failed = { ...attributes, 'api.failure.layer': 'wait', 'api.provider.request_id': 'req "1"' };
  const spans = DURATIONS.map((milliseconds, i) => ({
    attributes: i === 0 ? failed : attributes,
    startNanos: 1_800_000_000_000_000_000n,
    endNanos: 1_800_000_000_000_000_000n + BigInt(milliseconds) * 1_000_000n,
    traceId: 'ab'.repeat(16),
    spanId: (i + 1).toString(16).padStart(16, '0'),
  }));
  const body = jsonBody([{ resource: { 'service.name': 'checkout' }, spans }]);
  await collector.post(body);
  const targets = [new URL(collector.httpUrl).host];
  const features = 'native-histograms,exemplar-storage';
  const prometheus = await startPrometheus({ folder, rules, targets, alertmanagers: [], scrape: '1s', features });
  try {
    const value = async (expr: string): Promise<number | undefined> => (await prometheus.query(expr))[0]?.value;
    await waitFor(async () => (await value('sum(api_client_calls_total)')) === 100, 'the calls', 60_000);
    expect(await value('up')).toBe(1);
    // what came before the first such scrape is known by its classic buckets only, and is in no rate
    await collector.post(body);
    await waitFor(async () => (await value('sum(api_client_calls_total)')) === 200, 'the calls after it', 60_000);
    const duration = 'sum(api_client_duration_seconds)';
    expect(await value(`histogram_count(${duration})`)).toBe(200);
    expect(await value(`histogram_sum(${duration})`)).toBeCloseTo((2 * DURATIONS.reduce((a, b) => a + b)) / 1000, 3);
    // four buckets for each doubling: no bound is further than a fifth away
    for (const q of [0.1, 0.5, 0.9]) {
      const exact = DURATIONS[Math.floor(q * 100)]! / 1000;
      const shown = await value(`histogram_quantile(${q}, sum(increase(api_client_duration_seconds[5m])))`);
      expect(Math.abs(shown! / exact - 1), `${q}: ${shown}`).toBeLessThan(2 ** 0.25 - 1);
    }
    expect(await value('sum(api_client_phase_duration_seconds_bucket{le="0.05"})')).toBe(200);
    expect(await value('faultlayer_spans_counted_total')).toBe(200);
    expect(await value('process_resident_memory_bytes')).toBeGreaterThan(0);
    expect(await value('nodejs_gc_duration_seconds_count{kind="major"} or vector(0)')).toBeGreaterThanOrEqual(0);
    const [newest] = await prometheus.query('api_client_last_failure_timestamp_seconds');
    expect(newest?.metric).toMatchObject({
      request_id: 'req "1"',
      trace_id: 'ab'.repeat(16),
      api_failure_layer: 'wait',
    });
  } finally {
    await prometheus.stop();
    await collector.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
