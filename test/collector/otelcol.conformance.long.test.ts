import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRICS } from '../../src/contract/index.ts';
import { freePorts } from '../support/free-port.ts';
import { waitFor } from '../support/wait-for.ts';
import { bodyOf, SPANS } from './otelcol/payload.ts';
import { seriesOf } from './otelcol/series.ts';

const root = join(import.meta.dirname, '../..');
const built = spawnSync(process.execPath, [join(root, 'test/support/build-otelcol.mjs')], {
  encoding: 'utf8',
  timeout: 20 * 60_000,
});
const otelcol = built.status === 0 ? built.stdout.trim() : undefined;
// Exit code 3 is "no Go here"; a build that fails where Go is there fails the suite.
if (built.status === 3)
  process.stderr.write('conformance: not compared, no Go on the PATH to build the OpenTelemetry Collector\n');

/** Differences that remain, and why (docs/fleet.md): the Collector keeps no state across batches but sums, and counts calls only. */
const ONLY_OURS = [METRICS.versionFirstSeen.name, METRICS.pending.name, METRICS.websocketEnds.name];
const NEWEST_ONLY = METRICS.lastFailure.name;

describe.runIf(built.status !== 3)('faultlayer’s collector and the OpenTelemetry Collector', () => {
  const children: ChildProcess[] = [];
  let ours = new Map<string, number>();
  let theirs = new Map<string, number>();
  let exemplars = '';

  const total = (all: Map<string, number>): number =>
    [...all].filter(([key]) => key.startsWith(METRICS.calls.name)).reduce((sum, [, value]) => sum + value, 0);
  const start = (command: string, args: string[], env: Record<string, string>): void => {
    children.push(spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: 'ignore' }));
  };
  const send = async (port: number, body: string): Promise<void> => {
    const response = await fetch(`http://127.0.0.1:${port}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(response.status).toBe(200);
  };
  const up = (url: string) => () =>
    fetch(url).then(
      (r) => r.ok,
      () => false,
    );
  const scrape = async (port: number): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, {
      headers: { accept: 'application/openmetrics-text; version=1.0.0' },
    });
    return response.text();
  };

  beforeAll(async () => {
    expect(otelcol, built.stderr).toBeDefined();
    const [otlp, grpc, metrics, health, own, oursOtlp, oursHttp] = await freePorts(7);
    start(otelcol!, ['--config', 'collector/otelcol/generated/gateway.yaml'], {
      OTLP_HTTP_ENDPOINT: `127.0.0.1:${otlp}`,
      OTLP_GRPC_ENDPOINT: `127.0.0.1:${grpc}`,
      METRICS_ENDPOINT: `127.0.0.1:${metrics}`,
      HEALTH_ENDPOINT: `127.0.0.1:${health}`,
      TELEMETRY_PORT: String(own),
      FLUSH_INTERVAL: '1s',
    });
    start(process.execPath, ['dist/cli/main.js', 'collector'], {
      FAULTLAYER_OTLP_PORT: String(oursOtlp),
      FAULTLAYER_HTTP_PORT: String(oursHttp),
    });
    await waitFor(up(`http://127.0.0.1:${health}/`), 'the Collector', 60_000);
    await waitFor(up(`http://127.0.0.1:${oursHttp}/-/ready`), 'the collector', 60_000);
    const body = bodyOf(SPANS, Date.now());
    await send(otlp!, body);
    await send(oursOtlp!, body);
    // Ours shows a new series at zero first, so the second scrape has the values; theirs after the flush.
    await scrape(oursHttp!);
    ours = seriesOf(await scrape(oursHttp!));
    await waitFor(
      async () => {
        const text = await scrape(metrics!);
        if (text.includes('# {')) exemplars = text;
        theirs = seriesOf(text);
        // Theirs shows a new series at zero first as well: the sum tells when the values are there.
        return total(theirs) === total(ours) && exemplars !== '';
      },
      'the Collector’s series',
      60_000,
    );
  }, 25 * 60_000);

  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  it('give the same series with the same values', () => {
    const comparable = (all: Map<string, number>) =>
      new Map([...all].filter(([key]) => ![...ONLY_OURS, NEWEST_ONLY].some((name) => key.startsWith(name))).sort());
    const mine = comparable(ours);
    expect(mine.size).toBeGreaterThan(100);
    expect([...comparable(theirs).keys()]).toEqual([...mine.keys()]);
    for (const [key, value] of comparable(theirs)) expect(value, key).toBeCloseTo(mine.get(key)!, 6);
  });

  it('name the same newest failures; the Collector shows those of the last hour beside them', () => {
    const newest = [...ours.keys()].filter((key) => key.startsWith(NEWEST_ONLY));
    expect(newest).toHaveLength(6);
    for (const key of newest) expect([...theirs.keys()]).toContain(key);
  });

  it('leave out only what needs memory across batches', () => {
    const names = (all: Map<string, number>) => new Set([...all.keys()].map((key) => key.split('{')[0]!));
    expect([...names(ours)].filter((name) => !names(theirs).has(name)).sort()).toEqual(ONLY_OURS.toSorted());
    expect([...names(theirs)].filter((name) => !names(ours).has(name))).toEqual([]);
  });

  it('both carry trace exemplars on the duration histogram', () => {
    expect(exemplars).toMatch(/api_client_duration_seconds_bucket\{.*\} \S+ # \{.*trace_id="[0-9a-f]{32}"/);
  });

  it('writes the same series to Prometheus by remote write', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'faultlayer-remote-write-'));
    const [prometheus, otlp, grpc, health, own] = await freePorts(5);
    writeFileSync(join(folder, 'prometheus.yml'), 'global: { scrape_interval: 1h }\n');
    start(
      'prometheus',
      [
        `--config.file=${folder}/prometheus.yml`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=127.0.0.1:${prometheus}`,
        '--web.enable-remote-write-receiver',
      ],
      {},
    );
    const generated = 'collector/otelcol/generated';
    start(otelcol!, ['--config', `${generated}/gateway.yaml`, '--config', `${generated}/remote-write.yaml`], {
      OTLP_HTTP_ENDPOINT: `127.0.0.1:${otlp}`,
      OTLP_GRPC_ENDPOINT: `127.0.0.1:${grpc}`,
      HEALTH_ENDPOINT: `127.0.0.1:${health}`,
      TELEMETRY_PORT: String(own),
      REMOTE_WRITE_ENDPOINT: `http://127.0.0.1:${prometheus}/api/v1/write`,
      FLUSH_INTERVAL: '1s',
    });
    await waitFor(up(`http://127.0.0.1:${prometheus}/-/ready`), 'Prometheus', 60_000);
    await waitFor(up(`http://127.0.0.1:${health}/`), 'the Collector', 60_000);
    await send(otlp!, bodyOf(SPANS, Date.now()));
    const expected = new Set([...theirs.keys()].map((key) => key.split('{')[0]!));
    let names = new Set<string>();
    await waitFor(
      async () => {
        const answer = await fetch(`http://127.0.0.1:${prometheus}/api/v1/label/__name__/values`);
        names = new Set(((await answer.json()) as { data: string[] }).data);
        return [...expected].every((name) => names.has(name));
      },
      `all of ${[...expected].join(' ')}`,
      60_000,
    );
    expect([...names].filter((name) => name.startsWith('api_client_')).sort()).toEqual([...expected].sort());
    rmSync(folder, { recursive: true, force: true });
  }, 180_000);
});
