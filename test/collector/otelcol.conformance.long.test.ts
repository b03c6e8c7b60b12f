import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRICS } from '../../src/contract/index.ts';
import { freePorts } from '../support/free-port.ts';
import { hasOtelcol, type Otelcol, otelcolProcess } from '../support/otelcol.ts';
import { waitFor } from '../support/wait-for.ts';
import { bodyOf, SPANS } from './otelcol/payload.ts';
import { seriesOf } from './otelcol/series.ts';

const root = join(import.meta.dirname, '../..');
const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0';

/** Differences that remain, and why (docs/fleet.md): the Collector keeps no state across batches but sums, and counts calls only. */
const ONLY_OURS = [METRICS.versionFirstSeen.name, METRICS.pending.name, METRICS.websocketEnds.name];
const NEWEST_ONLY = METRICS.lastFailure.name;

describe.runIf(hasOtelcol)('faultlayer’s collector and the OpenTelemetry Collector', () => {
  const children: ChildProcess[] = [];
  let otelcol: Otelcol;
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
      headers: { accept: OPEN_METRICS },
    });
    return response.text();
  };

  beforeAll(async () => {
    otelcol = await otelcolProcess();
    const [oursOtlp, oursHttp] = await freePorts(2);
    start(process.execPath, ['dist/cli/main.js', 'collector'], {
      FAULTLAYER_OTLP_PORT: String(oursOtlp),
      FAULTLAYER_HTTP_PORT: String(oursHttp),
    });
    await waitFor(up(`http://127.0.0.1:${oursHttp}/-/ready`), 'the collector', 60_000);
    const body = bodyOf(SPANS, Date.now());
    await otelcol.take(body);
    await send(oursOtlp!, body);
    // Ours shows a new series at zero first, so the second scrape has the values; theirs after the flush.
    await scrape(oursHttp!);
    ours = seriesOf(await scrape(oursHttp!));
    await waitFor(
      async () => {
        const text = await otelcol.scrape(OPEN_METRICS);
        if (text.includes('# {')) exemplars = text;
        theirs = seriesOf(text);
        // Theirs shows a new series at zero first as well: the sum tells when the values are there.
        return total(theirs) === total(ours) && exemplars !== '';
      },
      'the Collector’s series',
      60_000,
    );
  }, 25 * 60_000);

  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await otelcol?.[Symbol.asyncDispose]();
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
    const [prometheus] = await freePorts(1);
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
    await using writing = await otelcolProcess(['gateway', 'remote-write'], {
      REMOTE_WRITE_ENDPOINT: `http://127.0.0.1:${prometheus}/api/v1/write`,
    });
    await waitFor(up(`http://127.0.0.1:${prometheus}/-/ready`), 'Prometheus', 60_000);
    await writing.take(bodyOf(SPANS, Date.now()));
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
