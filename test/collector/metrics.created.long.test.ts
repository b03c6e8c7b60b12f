import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CollectorProcess, collectorProcess, KeptConnection } from '../support/collector-process.ts';
import { freePorts } from '../support/free-port.ts';
import { type Prometheus, startPrometheus } from '../support/monitoring.ts';
import { jsonBody } from '../support/otlp-spans.ts';
import { APPS, preloaded } from '../support/preload.ts';
import { root } from '../support/run-node.ts';
import { waitFor } from '../support/wait-for.ts';

// What a Prometheus newer than Debian's reads: created timestamps, and native histograms that are asked for in its configuration.

const PROMETHEUS = 'github.com/prometheus/prometheus/cmd/prometheus@v0.316.0';
// Without the clients of all clouds whose services it could discover.
const built = spawnSync(
  process.execPath,
  [join(root, 'test/support/go-tool.mjs'), PROMETHEUS, 'remove_all_sd,slicelabels'],
  { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
);
if (built.status === 3) process.stderr.write('not tried: no Go on the PATH to build Prometheus with\n');

/** A native histogram as Prometheus' API writes it. */
interface Native {
  readonly count: string;
  readonly sum: string;
  readonly buckets?: readonly unknown[];
}
interface Series {
  readonly metric: Record<string, string>;
  readonly values?: readonly (readonly [time: number, value: string])[];
  readonly histograms?: readonly (readonly [time: number, value: Native])[];
}

/** Calls of just now: an exemplar that is older than the newest stored one is refused with a warning. */
const failures = (service: string, count: number): string => {
  const now = BigInt(Date.now()) * 1_000_000n;
  return jsonBody([
    {
      resource: { 'service.name': service },
      spans: Array.from({ length: count }, () => ({
        startNanos: now - 20_000_000n,
        endNanos: now,
        attributes: { 'http.request.method': 'GET', 'api.status.class': '5xx', 'api.failure.layer': 'service' },
      })),
    },
  ]);
};

describe.skipIf(built.status === 3)('a current Prometheus', () => {
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-created-'));
  const provider = createServer((_req, res) => res.writeHead(503).end());
  let prometheus: Prometheus;
  let collector: CollectorProcess;
  let ports: Record<string, string>;
  let appPort: string;
  let app: ChildProcess | undefined;

  const startApp = (): void => {
    const { port } = provider.address() as AddressInfo;
    app = spawn(process.execPath, preloaded(join(APPS, 'calls.mjs'), `http://127.0.0.1:${port}`, '2', 'wait'), {
      env: { PATH: process.env['PATH']!, OTEL_SERVICE_NAME: 'scraped', FAULTLAYER_METRICS_PORT: appPort },
      stdio: 'ignore',
    });
  };
  const post = async (service: string, count: number): Promise<void> => {
    const sender = await KeptConnection.open(collector.otlp);
    expect(await sender.post(failures(service, count))).toBe(200);
    sender.socket.destroy();
  };
  beforeAll(async () => {
    expect(built.status).toBe(0);
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    const [http, metrics] = (await freePorts(2)).map(String) as [string, string];
    ports = { FAULTLAYER_HTTP_PORT: http };
    appPort = metrics;
    collector = await collectorProcess(ports);
    // before the first scrape: none of these is ever an increase between two samples of a scrape
    await post('sent', 5);
    startApp();
    const rules = join(folder, 'rules.yml');
    writeFileSync(rules, 'groups: []\n');
    prometheus = await startPrometheus({
      program: built.stdout.trim(),
      folder,
      rules,
      targets: [http, metrics].map((port) => `127.0.0.1:${port}`),
      alertmanagers: [],
      scrape: '2s',
      global: { scrape_native_histograms: true, always_scrape_classic_histograms: true },
      features: 'created-timestamp-zero-ingestion,exemplar-storage',
    });
  }, 20 * 60_000);
  afterAll(async () => {
    await prometheus?.stop();
    await collector?.[Symbol.asyncDispose]();
    app?.kill('SIGKILL');
    provider.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const value = async (expr: string): Promise<number | undefined> => (await prometheus.query(expr))[0]?.value;
  /** Every sample of the last ten minutes, as it was stored. */
  const stored = async (selector: string): Promise<Series[]> => {
    const query = new URLSearchParams({ query: `${selector}[10m]` });
    const answer = (await (await fetch(`${prometheus.url}/api/v1/query?${query}`)).json()) as {
      data: { result: Series[] };
    };
    return answer.data.result;
  };
  /** Times of samples at zero that no scrape brought: Prometheus put them where the series says that it was created. */
  const zeros = async (selector: string): Promise<number[]> => {
    const [series] = await stored(selector);
    const scrapes = new Set((await stored('up')).flatMap((up) => up.values!.map(([time]) => time)));
    const all = [
      ...(series?.values ?? []),
      ...(series?.histograms ?? []).map(([time, { count }]) => [time, count] as const),
    ];
    return all.filter(([time, text]) => Number(text) === 0 && !scrapes.has(time)).map(([time]) => time);
  };
  const CALLS = 'api_client_calls_total{service_name="sent"}';
  const DURATION = 'api_client_duration_seconds{service_name="sent"}';
  const APP_CALLS = 'sum(api_client_calls_total{service_name="scraped"})';

  it('stores native histograms, the classic ones beside them, of collector and preload', async () => {
    await waitFor(async () => (await value(CALLS)) === 5, 'the calls', 60_000);
    await waitFor(async () => (await value(APP_CALLS)) === 4, 'the calls of the application', 60_000);
    for (const [service, count] of Object.entries({ sent: 5, scraped: 4 })) {
      const selector = `api_client_duration_seconds{service_name="${service}"}`;
      const [series] = await stored(selector);
      const [, newest] = series!.histograms!.at(-1)!;
      expect([newest.count, newest.buckets!.length > 0], service).toEqual([String(count), true]);
      const classic = `api_client_duration_seconds_bucket{service_name="${service}",le="+Inf"}`;
      expect(await value(classic), service).toBe(count);
      expect(await value(`histogram_quantile(0.5, ${selector})`), service).toBeGreaterThan(0);
    }
    expect(await value('min(up)')).toBe(1);
  });

  it('has a zero at the time that a series was created, so that increase() sees its first increments', async () => {
    const posted = Date.now() / 1000;
    const wanted = [CALLS, DURATION, 'api_client_calls_total{service_name="scraped"}'];
    for (const selector of wanted) {
      const [at, ...more] = await zeros(selector);
      expect(more, selector).toEqual([]);
      expect(at, selector).toBeLessThan(posted);
      expect(at, selector).toBeGreaterThan(posted - 120);
    }
    expect(await value(`increase(${CALLS}[5m])`)).toBeGreaterThanOrEqual(5);
    expect(await value(`histogram_count(increase(${DURATION}[5m]))`)).toBeGreaterThanOrEqual(5);
  });

  it('sees a restart of collector and application as one reset each, and loses no increment', async () => {
    const killed = Date.now() / 1000;
    collector.child.kill('SIGKILL');
    app!.kill('SIGKILL');
    await Promise.all([once(collector.child, 'exit'), once(app!, 'exit')]);
    collector = await collectorProcess(ports);
    // more than before, so that a comparison of two scrapes alone shows no reset
    await post('sent', 9);
    startApp();
    await waitFor(async () => (await value(CALLS)) === 9, 'the calls after it', 60_000);
    await waitFor(async () => (await zeros(DURATION)).length === 2, 'the second zero', 60_000);
    for (const selector of [CALLS, DURATION]) {
      const second = (await zeros(selector)).at(-1)!;
      expect(second, selector).toBeGreaterThan(killed);
      expect(await value(`resets(${selector}[10m])`), selector).toBe(1);
    }
    // five and nine, give or take the extrapolation to the window's ends
    const seen = [await value(`increase(${CALLS}[10m])`), await value(`histogram_count(increase(${DURATION}[10m]))`)];
    for (const count of seen) {
      expect(count).toBeGreaterThanOrEqual(14);
      expect(count).toBeLessThan(20);
    }
    await waitFor(
      async () => (await value(`sum(resets(api_client_calls_total{service_name="scraped"}[10m]))`))! > 0,
      'the reset of the application',
      60_000,
    );
    await waitFor(async () => (await value(APP_CALLS)) === 4, 'its calls after it', 60_000);
    expect(prometheus.output()).not.toMatch(/level=(WARN|ERROR)/);
  });
});
