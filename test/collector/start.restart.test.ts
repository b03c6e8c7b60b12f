import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startPrometheus } from '../support/monitoring.ts';
import { jsonBody } from '../support/otlp-spans.ts';
import { testCollector } from '../support/test-collector.ts';
import { waitFor } from '../support/wait-for.ts';

const failures = (count: number) =>
  jsonBody([
    {
      resource: { 'service.name': 'restarted' },
      spans: Array.from({ length: count }, () => ({
        attributes: { 'http.request.method': 'GET', 'api.status.class': '5xx', 'api.failure.layer': 'service' },
      })),
    },
  ]);
const CALLS = 'api_client_calls_total{service_name="restarted"}';
/** Fires when more failures are seen than were sent, as they would be if a reset were taken for an increase, or a dip for a rate. */
const RULES = `groups:
  - name: restart
    rules:
      - alert: MoreThanWereSent
        expr: increase(${CALLS}[5m]) > 100
      - alert: FewerThanNone
        expr: rate(${CALLS}[5m]) < 0 or increase(${CALLS}[5m]) < 0
      - alert: Restarted
        expr: resets(${CALLS}[5m]) > 0
`;

it('is one counter reset to Prometheus when it restarts, and no alert (C12)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-restart-'));
  const rules = join(folder, 'rules.yml');
  writeFileSync(rules, RULES);
  let collector = await testCollector();
  const { port, host } = new URL(collector.httpUrl);
  const prometheus = await startPrometheus({ folder, rules, targets: [host], alertmanagers: [], scrape: '1s' });
  try {
    const value = async (expr: string): Promise<number | undefined> => (await prometheus.query(expr))[0]?.value;
    await collector.post(failures(40));
    await waitFor(async () => (await value(CALLS)) === 40, 'the failures before', 60_000);
    await collector.close();
    await waitFor(async () => (await value('up')) === 0, 'the collector to be missed', 60_000);
    collector = await testCollector({ FAULTLAYER_HTTP_PORT: port });
    await collector.post(failures(7));
    await waitFor(async () => (await value(CALLS)) === 7, 'the failures after', 60_000);
    expect(await value(`resets(${CALLS}[5m])`)).toBe(1);
    // 40 and 7, give or take the extrapolation to the window's ends.
    const seen = (await value(`increase(${CALLS}[5m])`))!;
    expect(seen).toBeGreaterThan(40);
    expect(seen).toBeLessThan(100);
    // The rules have been evaluated since, and only the one that looks for resets fired, ever.
    await waitFor(async () => (await value('count(ALERTS{alertname="Restarted"})')) === 1, 'the rules', 60_000);
    expect(await value('count(count_over_time(ALERTS{alertname!="Restarted"}[5m]))')).toBeUndefined();
  } finally {
    await prometheus.stop();
    await collector.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 180_000);
