import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRICS } from '../../src/contract/index.ts';
import { freePorts } from '../support/free-port.ts';
import { waitFor } from '../support/wait-for.ts';
import { bodyOf, SPANS } from './otelcol/payload.ts';

// Those who cannot be scraped: spans into a real OpenTelemetry Collector, and from it by remote write into what stores metrics.

const root = join(import.meta.dirname, '../..');
const built = spawnSync(process.execPath, [join(root, 'test/support/build-otelcol.mjs')], {
  encoding: 'utf8',
  timeout: 20 * 60_000,
});
const otelcol = built.stdout.trim();
if (built.status === 3)
  process.stderr.write('push: not tried, no Go on the PATH to build the OpenTelemetry Collector\n');

/** Stores by their command, the path that takes remote write, and how they start. */
const STORES = {
  prometheus: {
    path: '/api/v1/write',
    args: (port: number, folder: string) => {
      const config = join(folder, 'prometheus.yml');
      writeFileSync(config, '{}');
      return [
        `--config.file=${config}`,
        `--web.listen-address=127.0.0.1:${port}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        '--web.enable-remote-write-receiver',
      ];
    },
  },
  'victoria-metrics': {
    path: '/api/v1/write',
    args: (port: number, folder: string) => [
      `-httpListenAddr=127.0.0.1:${port}`,
      `-storageDataPath=${join(folder, 'data')}`,
    ],
  },
};

for (const [command, { path, args }] of Object.entries(STORES)) {
  const isHere = spawnSync(command, ['--version']).error === undefined;
  if (!isHere) process.stderr.write(`push: ${command} is not here (node scripts/setup.mjs --system --containers)\n`);
  describe.runIf(isHere && built.status !== 3)(`remote write into ${command}`, () => {
    const children: ChildProcess[] = [];
    const folder = mkdtempSync(join(tmpdir(), 'faultlayer-push-'));
    let store = '';
    const start = (program: string, given: string[], env: Record<string, string> = {}): void =>
      void children.push(spawn(program, given, { cwd: root, env: { ...process.env, ...env }, stdio: 'ignore' }));
    const isUp = (url: string) => () =>
      fetch(url).then(
        (r) => r.ok,
        () => false,
      );

    beforeAll(async () => {
      expect(built.status, built.stderr).toBe(0);
      const [at, otlp, grpc, metrics, health, own] = (await freePorts(6)) as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      store = `http://127.0.0.1:${at}`;
      start(command, args(at, folder));
      const configs = ['gateway', 'remote-write'].flatMap((name) => [
        '--config',
        `collector/otelcol/generated/${name}.yaml`,
      ]);
      start(otelcol, configs, {
        OTLP_HTTP_ENDPOINT: `127.0.0.1:${otlp}`,
        OTLP_GRPC_ENDPOINT: `127.0.0.1:${grpc}`,
        METRICS_ENDPOINT: `127.0.0.1:${metrics}`,
        HEALTH_ENDPOINT: `127.0.0.1:${health}`,
        TELEMETRY_PORT: String(own),
        FLUSH_INTERVAL: '1s',
        REMOTE_WRITE_ENDPOINT: `${store}${path}`,
      });
      await waitFor(isUp(`${store}/-/healthy`), command, 60_000);
      await waitFor(isUp(`http://127.0.0.1:${health}/`), 'the Collector', 60_000);
      const sent = await fetch(`http://127.0.0.1:${otlp}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: bodyOf(SPANS, Date.now()),
      });
      expect(sent.status).toBe(200);
    }, 300_000);
    afterAll(() => {
      for (const child of children) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    });

    const query = async (promql: string): Promise<number | undefined> => {
      const answer = await fetch(`${store}/api/v1/query?query=${encodeURIComponent(promql)}`);
      const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
      return data.result[0] && Number(data.result[0].value[1]);
    };

    it('has the calls, their failures and their durations under the contract’s names', async () => {
      const { calls, duration } = METRICS;
      // The Collector writes a new series at zero first.
      await waitFor(async () => ((await query(`sum(${calls.name})`)) ?? 0) > 0, 'the calls', 60_000);
      const all = (await query(`sum(${calls.name})`))!;
      expect(all).toBeGreaterThan(5);
      const failed = (await query(`sum(${calls.name}{api_failure_layer!=""})`))!;
      expect(failed).toBeGreaterThan(0);
      expect(failed).toBeLessThan(all);
      await waitFor(async () => (await query(`sum(${duration.name}_count)`)) === all, 'as many durations', 60_000);
      expect(await query(`sum(${duration.name}_bucket{le="+Inf"})`)).toBe(all);
      expect(await query(`count(${METRICS.lastFailure.name}{trace_id!=""})`)).toBeGreaterThan(0);
    });
  });
}
