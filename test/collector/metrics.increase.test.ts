import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parsePage, sumOf } from '../support/exposition.ts';
import { startPrometheus } from '../support/monitoring.ts';
import { jsonBody } from '../support/otlp-spans.ts';
import { send, testCollector } from '../support/test-collector.ts';
import { waitFor } from '../support/wait-for.ts';

const failures = (service: string, count: number) =>
  jsonBody([
    {
      resource: { 'service.name': service },
      spans: Array.from({ length: count }, () => ({
        attributes: {
          'http.request.method': 'POST',
          'api.status.class': '4xx',
          'api.failure.layer': 'payload',
          'api.provider.code': 'card_declined',
        },
      })),
    },
  ]);

it('shows a new series at zero one scrape before its first increment, so that increase() sees a new code’s first failures', async () => {
  const collector = await testCollector();
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-increase-'));
  const rules = join(folder, 'rules.yml');
  writeFileSync(rules, 'groups: []\n');
  await collector.post(failures('before-the-first-scrape', 3));
  const prometheus = await startPrometheus({
    folder,
    rules,
    targets: [new URL(collector.httpUrl).host],
    alertmanagers: [],
    scrape: '1s',
  });
  try {
    const value = async (expr: string): Promise<number | undefined> => (await prometheus.query(expr))[0]?.value;
    const calls = (service: string) => `api_client_calls_total{service_name="${service}"}`;
    await waitFor(async () => (await value(calls('before-the-first-scrape'))) === 3, 'the early failures', 60_000);
    await collector.post(failures('while-scraped', 5));
    await waitFor(async () => (await value(calls('while-scraped'))) === 5, 'the later failures', 60_000);
    // A person's curl is not a scrape: it sees the values, and takes no zero away from Prometheus.
    await collector.post(failures('looked-at-first', 2));
    const page = parsePage((await send(`${collector.httpUrl}/metrics`)).body.toString());
    expect(sumOf(page, 'api_client_calls_total', { service_name: 'looked-at-first' })).toBe(2);
    await waitFor(async () => (await value(calls('looked-at-first'))) === 2, 'the third', 60_000);
    for (const service of ['before-the-first-scrape', 'while-scraped', 'looked-at-first']) {
      expect(await value(`min_over_time(${calls(service)}[5m])`), service).toBe(0);
      expect(await value(`increase(${calls(service)}[5m])`), service).toBeGreaterThan(1);
    }
    const count = (service: string) => `api_client_duration_seconds_count{service_name="${service}"}`;
    expect(await value(`min_over_time(${count('while-scraped')}[5m])`)).toBe(0);
    // Prometheus asks for OpenMetrics and reads it whole, exemplars with it.
    expect(await value('up')).toBe(1);
  } finally {
    await prometheus.stop();
    await collector.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
