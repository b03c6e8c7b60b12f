import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultlayer } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { type OtlpSink, otlpSink } from '../support/otlp-sink.ts';
import { preloaded } from '../support/preload.ts';
import { root, runNode } from '../support/run-node.ts';
import { waitFor } from '../support/wait-for.ts';
import { leaks } from './canaries.ts';
import { askedByAssistant, longCommand, messagesOf } from './outputs.ts';
import type { Plan } from './plan.ts';
import { type PlannedProvider, plannedProvider } from './provider.ts';

/**
 * The gate: real secrets' look-alikes in every place a call can carry one, a real preload, a real collector, and a search through
 * everything either of them lets out.
 */
const TOKEN = 'canary-gate-token';
const outputs = new Map<string, string>();
let provider: PlannedProvider;
let sink: OtlpSink;
let collector: ChildProcess;
let planned: Plan;
let folder: string;

async function get(path: string, accept = '*/*'): Promise<string> {
  const { http } = JSON.parse(collectorOut.split('\n')[0]!) as { http: string };
  const response = await fetch(http + path, { headers: { accept, authorization: `Bearer ${TOKEN}` } });
  expect([path, response.status]).toEqual([path, 200]);
  return response.text();
}

let collectorOut = '';
let collectorErr = '';

async function startCollector(): Promise<string> {
  collector = spawn(process.execPath, [join(root, 'dist/cli/main.js'), 'collector', '--json'], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      OTEL_LOG_LEVEL: 'debug',
      FAULTLAYER_OTLP_PORT: '0',
      FAULTLAYER_HTTP_PORT: '0',
      FAULTLAYER_HTTP_TOKEN: TOKEN,
      FAULTLAYER_EVIDENCE_LOG: join(folder, 'evidence.log'),
      FAULTLAYER_EVIDENCE_FILE: join(folder, 'evidence.sqlite'),
      FAULTLAYER_EVIDENCE_LOGS_ENDPOINT: `${sink.url}/v1/logs`,
      FAULTLAYER_FORWARD_ENDPOINT: `${sink.url}/v1/traces`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  collector.stdout!.setEncoding('utf8').on('data', (text: string) => (collectorOut += text));
  collector.stderr!.setEncoding('utf8').on('data', (text: string) => (collectorErr += text));
  await waitFor(() => collectorOut.includes('\n'), `the collector: ${collectorErr}`, 60_000);
  return (JSON.parse(collectorOut.split('\n')[0]!) as { otlp: string }).otlp;
}

async function stopCollector(): Promise<void> {
  if (collector.exitCode !== null) return;
  collector.kill('SIGTERM');
  await waitFor(() => collector.exitCode !== null || collector.signalCode !== null, 'the collector to end', 60_000);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'faultlayer-canary-'));
  provider = await plannedProvider();
  planned = provider.plan;
  sink = await otlpSink();
  const otlp = await startCollector();
  const list = join(folder, 'calls.json');
  writeFileSync(list, JSON.stringify(planned.calls));
  const { http } = JSON.parse(collectorOut.split('\n')[0]!) as { http: string };
  const env = { FAULTLAYER_HTTP_PORT: new URL(http).port, FAULTLAYER_HTTP_TOKEN: TOKEN };
  const tails = [longCommand(['tail'], env), longCommand(['tail', '--json'], env)];
  const app = await runNode(preloaded(join(import.meta.dirname, 'app.mjs'), list), {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: otlp,
      OTEL_SERVICE_NAME: 'canary-app',
      FAULTLAYER_METRICS_PORT: String(await freePort()),
      FAULTLAYER_CONFIG: join(import.meta.dirname, 'hooks.cjs'),
      OTEL_LOG_LEVEL: 'debug',
    },
    deadlineMs: 120_000,
  });
  expect([app.code, app.stderr.slice(-2000)]).toEqual([0, expect.any(String)]);
  outputs.set('the application’s stderr at debug', app.stderr);
  outputs.set('/metrics of the service itself', app.stdout);
  await waitFor(
    async () => (await get('/metrics')).includes('api_client_calls_total{'),
    'the first calls in /metrics',
    60_000,
  );
  await waitFor(
    () => sink.spans.length >= planned.calls.length,
    `${planned.calls.length} spans, got ${sink.spans.length}`,
    60_000,
  );

  outputs.set('/metrics', await get('/metrics'));
  outputs.set('/metrics as OpenMetrics', await get('/metrics', 'application/openmetrics-text;version=1.0.0'));
  outputs.set('the list page', await get('/failures'));
  const list1 = await get('/api/failures');
  outputs.set('the list API', list1);
  const ids = [...new Set([...list1.matchAll(/"id":"([^"]+)"/g)].map((m) => m[1]!))];
  expect(ids.length).toBeGreaterThan(20);
  let pages = '';
  for (const id of ids.slice(0, 200))
    pages +=
      (await get(`/failures/${encodeURIComponent(id)}`)) + (await get(`/api/failures/${encodeURIComponent(id)}`));
  outputs.set('the detail pages and their API', pages);
  outputs.set('tail', (await Promise.all(tails.map((tail) => tail.stop()))).join('\n'));
  outputs.set('mcp', await askedByAssistant(env, ids[0]!));
  outputs.set('messages of alerts', messagesOf(outputs.get('/metrics')!, folder));
  let commands = (await faultlayer(['config'], env)).stdout;
  for (const words of [['why'], ['why', '--json']]) commands += (await faultlayer(words, env)).stdout;
  commands += (await faultlayer(['failures', '--json'], env)).stdout;
  for (const id of ids.slice(0, 3))
    for (const words of [
      ['failures', id, '--curl'],
      ['failures', id, '--markdown'],
      ['failures', id, '--traceql'],
      ['failures', id, '--json'],
      ['replay', id, '--json'],
    ]) {
      const { stdout, stderr } = await faultlayer(words, env);
      commands += stdout + stderr;
    }
  expect(commands).toContain('curl');
  outputs.set('the command line', commands);
  const some = join(folder, 'some-calls.json');
  writeFileSync(some, JSON.stringify(planned.calls.filter((_, i) => i % 5 === 0)));
  const dev = await faultlayer(['dev', '--summary', join(import.meta.dirname, 'app.mjs'), some], {
    FAULTLAYER_OTLP_PORT: '0',
    FAULTLAYER_HTTP_PORT: '0',
  });
  outputs.set('dev', dev.stdout + dev.stderr);
  await stopCollector();
  outputs.set('the collector’s stdout and stderr', collectorOut + collectorErr);
  outputs.set('the evidence log', readFileSync(join(folder, 'evidence.log'), 'utf8'));
  outputs.set('the evidence file', readFileSync(join(folder, 'evidence.sqlite')).toString('latin1'));
  outputs.set('OTLP bytes', sink.requests.map(({ body }) => body.toString('latin1')).join('\n'));
  outputs.set('OTLP bytes as text', sink.requests.map(({ body }) => body.toString('utf8')).join('\n'));
}, 300_000);

afterAll(async () => {
  await stopCollector();
  await sink.close();
  await provider[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

describe('the canary gate', () => {
  it('planted at least sixty kinds, and the calls really went out', () => {
    expect(new Set(planned.canaries.map(({ kind }) => kind.split(' in ')[0])).size).toBeGreaterThanOrEqual(60);
    expect(planned.canaries.length).toBeGreaterThan(280);
    expect(provider.served()).toBeGreaterThan(planned.calls.length * 0.9);
  });

  it('looked at outputs that hold what they should', () => {
    for (const [name, sign] of [
      ['/metrics', 'bad_pear'],
      ['/metrics as OpenMetrics', 'bad_pear'],
      ['/metrics of the service itself', 'bad_pear'],
      ['the list API', 'bad_pear'],
      ['the list page', 'bad_pear'],
      ['the detail pages and their API', 'bad_pear'],
      ['the evidence log', 'bad_pear'],
      ['the evidence file', 'bad_pear'],
      ['the command line', 'curl'],
      ['tail', 'bad_pear'],
      ['dev', 'bad_pear'],
      ['mcp', 'bad_pear'],
      ['messages of alerts', 'bad_pear'],
      ['OTLP bytes', 'app.headers'],
      // headers of the calls were recorded: the names are there, the values planted in them are looked for below
      ['the detail pages and their API', 'X_ANSWER'],
      ['the evidence file', 'x-answer'],
      ['OTLP bytes', 'http.request.header.cookie'],
      ['the collector’s stdout and stderr', 'OTLP/HTTP on'],
      ['OTLP bytes', '/v1/pears/'],
      ['OTLP bytes as text', 'bad_pear'],
    ] as const)
      expect([name, outputs.get(name)?.includes(sign)]).toEqual([name, true]);
  });

  it.each([
    'OTLP bytes',
    'OTLP bytes as text',
    '/metrics',
    '/metrics as OpenMetrics',
    '/metrics of the service itself',
    'the application’s stderr at debug',
    'the collector’s stdout and stderr',
    'the evidence log',
    'the evidence file',
    'the list page',
    'the list API',
    'the detail pages and their API',
    'the command line',
    'tail',
    'dev',
    'mcp',
    'messages of alerts',
  ])('finds none in %s', (name) => {
    expect(leaks(outputs.get(name)!, planned.canaries)).toEqual([]);
  });
});
