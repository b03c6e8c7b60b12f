import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRICS } from '../../src/contract/index.ts';
import { freePorts } from '../support/free-port.ts';
import { hasOtelcol, type Otelcol, otelcolProcess } from '../support/otelcol.ts';
import { waitFor } from '../support/wait-for.ts';
import { bodyOf, SPANS } from './otelcol/payload.ts';

// Those who cannot be scraped: spans into a real OpenTelemetry Collector, and from it by remote write into what stores metrics.

const root = join(import.meta.dirname, '../..');

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
  describe.runIf(isHere && hasOtelcol)(`remote write into ${command}`, () => {
    const children: ChildProcess[] = [];
    let otelcol: Otelcol;
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
      const [at] = (await freePorts(1)) as [number];
      store = `http://127.0.0.1:${at}`;
      start(command, args(at, folder));
      await waitFor(isUp(`${store}/-/healthy`), command, 60_000);
      otelcol = await otelcolProcess(['gateway', 'remote-write'], { REMOTE_WRITE_ENDPOINT: `${store}${path}` });
      await otelcol.take(bodyOf(SPANS, Date.now()));
    }, 300_000);
    afterAll(async () => {
      for (const child of children) child.kill('SIGKILL');
      await otelcol?.[Symbol.asyncDispose]();
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
