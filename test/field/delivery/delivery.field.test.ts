import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectorProcess } from '../../support/collector-process.ts';
import { exempt, pairwise } from '../../support/delivery/cells.ts';
import { type Collectors, startCollectors } from '../../support/delivery/collectors.ts';
import { attempt, bare } from '../../support/delivery/run.ts';
import { otlpSink } from '../../support/otlp-sink.ts';
import { fieldApp } from '../../support/packed.ts';
import { runNode } from '../../support/run-node.ts';
import { httpServer } from '../../support/servers.ts';

const TRIES = 5;
/** Contract §5: at most so long in the exit listener, ms; a loaded machine makes everything slower. */
const MOST = { ip: 300, localhost: 300, tls: 300, silent: 800, refusing: 1 } as const;
const SLACK = 4;

let cwd: string;
let collectors: Collectors;
beforeAll(async () => {
  cwd = fieldApp('delivery');
  collectors = await startCollectors(join(cwd, 'ca.pem'), writeFileSync);
});
afterAll(() => collectors[Symbol.asyncDispose]());

describe('a failure that was seen arrives, and the end is the same', () => {
  it.each(pairwise().map((cell) => [Object.values(cell).join(' '), cell] as const))('%s', async (_, cell) => {
    const without = await bare(cell, cwd, collectors);
    const tries = [];
    for (let n = 0; n < TRIES; n++) tries.push(await attempt(cell, cwd, collectors));
    for (const { ended } of tries) expect(ended).toEqual(without);
    if (exempt(cell) === undefined) expect(tries.map((tried) => tried.arrived)).toEqual(Array(TRIES).fill(true));
    const times = tries.flatMap(({ exitMs }) => exitMs ?? []).toSorted((a, b) => a - b);
    if (times.length > 0) expect(times[times.length >> 1]).toBeLessThan(MOST[cell.collector] * SLACK);
    const told = tries.filter(({ exitMs }) => exitMs !== undefined && cell.spans === 'own' && cell.end !== 'terminate');
    if (cell.collector === 'silent' || cell.collector === 'refusing')
      for (const { lost } of told) if (cell.end !== 'disconnect' && cell.end !== 'fork') expect(lost).toBe(1);
  });
});

/** `FAULTLAYER_SELDOM=600000` is the real thing: half an hour for each of the two. */
const PAUSE = Number(process.env['FAULTLAYER_SELDOM'] ?? 1200);
const LONGEST = 4 * PAUSE + 60_000;
it.each(['fetch', 'http'])(
  'a process that calls seldom: each failure arrives, %s',
  { timeout: LONGEST },
  async (client) => {
    const sink = await otlpSink((_, res) => void res.writeHead(200, { connection: 'close' }).end());
    try {
      const env = { CLIENT: client, TARGET: collectors.faults['503'], OTEL_EXPORTER_OTLP_ENDPOINT: sink.url };
      const args = ['--require', 'faultlayer/register', 'apps/seldom.mjs'];
      const more = { PAUSE: String(PAUSE), OTEL_BSP_SCHEDULE_DELAY: '60000' };
      const ran = await runNode(args, { cwd, env: { ...env, ...more }, deadlineMs: LONGEST });
      expect(ran.signal).toBe('SIGKILL');
      const paths = sink.spans.map(({ attributes }) => new URL(String(attributes['url.full'])).pathname);
      expect(paths).toEqual(['/first', '/second', '/third']);
    } finally {
      await sink.close();
    }
  },
);

describe.each(['fetch', 'http'])('over gRPC, %s', (client) => {
  it.each([
    ['the SDK sends it as well', '1'],
    ['the SDK sends nothing', ''],
  ])('an adopted failure and an open call are counted once: %s', async (_, ended) => {
    await using provider = await httpServer(
      (req, res) => void (req.url!.endsWith('/hang') || res.writeHead(503).end()),
    );
    await using collector = await collectorProcess();
    const env = { CLIENT: client, TARGET: `http://127.0.0.1:${provider.port}`, ENDED: ended };
    const otlp = {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.grpc,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_BSP_SCHEDULE_DELAY: '60000',
    };
    const args = ['--require', 'faultlayer/register', 'apps/grpc.mjs'];
    const ran = await runNode(args, { cwd, env: { ...env, ...otlp } });
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    const count = async (name: string): Promise<number> => {
      const text = await (await fetch(`${collector.http}/metrics`)).text();
      const values = text.matchAll(new RegExp(`^${name}\\{[^}]*\\} (\\d+)`, 'gm'));
      return [...values].reduce((sum, [, value]) => sum + Number(value), 0);
    };
    await wait(300);
    expect([await count('api_client_calls_total'), await count('api_client_pending_total')]).toEqual([1, 1]);
  });
});

it('pm2 reload: every failure of the processes it ends arrives', async () => {
  const asked = new Set<string>();
  const provider = createServer((req, res) => {
    asked.add(req.url!);
    res.writeHead(503).end();
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  const sink = await otlpSink();
  const home = mkdtempSync(join(tmpdir(), 'faultlayer-pm2-'));
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    PM2_HOME: home,
    CLIENT: 'fetch',
    TARGET: `http://127.0.0.1:${(provider.address() as AddressInfo).port}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
    OTEL_BSP_SCHEDULE_DELAY: '60000',
    NODE_OPTIONS: '--require faultlayer/register',
  };
  const pm2 = (...args: string[]) =>
    execFileSync(process.execPath, ['node_modules/pm2/bin/pm2', ...args], { cwd, env, stdio: 'ignore' });
  try {
    pm2('start', 'apps/reloaded.mjs', '-i', '2', '--name', 'calls');
    await wait(1500);
    pm2('reload', 'calls');
    await wait(500);
    pm2('delete', 'calls');
    await wait(300);
    const seen = new Set(sink.spans.map(({ attributes }) => new URL(String(attributes['url.full'])).pathname));
    const ended = new Set([...asked].map((path) => path.split('-')[0]));
    // both before the reload, both after it
    expect(ended.size).toBe(4);
    // the call that was open when the signal came is none that had failed
    const lost = [...asked].filter((path) => !seen.has(path));
    expect(lost.length).toBeLessThanOrEqual(ended.size);
    for (const path of lost) expect([...asked].findLast((other) => other.startsWith(path.split('-')[0]!))).toBe(path);
  } finally {
    pm2('kill');
    rmSync(home, { recursive: true, force: true });
    provider.close();
    await sink.close();
  }
});
