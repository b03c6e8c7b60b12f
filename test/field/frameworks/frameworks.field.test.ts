import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pipeline } from '../../support/decode-bodies.ts';
import { parsePage, sumOf } from '../../support/exposition.ts';
import { hasOtelcol, otelcolProcess } from '../../support/otelcol.ts';
import { waitFor } from '../../support/wait-for.ts';
import { writeLayouts } from './layouts.ts';
import { CALLS, type Case, expectCounted, expectUndisturbed, type Stage, stage } from './stage.ts';

let on: Stage;
beforeAll(async () => {
  on = await stage();
}, 600_000);
afterAll(() => {
  rmSync(PM2.PM2_HOME, { recursive: true, force: true });
  return on[Symbol.asyncDispose]();
});

const SDK_SAMPLED = { OTEL_TRACES_SAMPLER: 'always_on' };
const own: readonly Case[] = [
  { name: 'nobody traces', args: ['apps/plain.cjs'] },
  { name: 'nobody traces, under tsx', args: ['node_modules/.bin/tsx', 'apps/plain.cjs'], processes: true },
  { name: 'SDKs that trace themselves, and nobody else does', args: ['apps/clients.mjs'] },
  { name: 'subclasses of http.Agent', args: ['apps/subclass.cjs'] },
  { name: '--permission', args: ['--permission', '--allow-fs-read=*', 'apps/plain.cjs'] },
];
const sdk: readonly Case[] = [
  { name: 'an SDK, CommonJS', args: ['apps/sdk-app.cjs'] },
  { name: 'an SDK, ES modules', args: ['apps/sdk-app.mjs'] },
  {
    name: 'an SDK behind ts-node',
    args: [
      'node_modules/ts-node/dist/bin.js',
      '--transpileOnly',
      '--compilerOptions',
      '{"module":"commonjs","moduleResolution":"node"}',
      'apps/ts/sdk-app.ts',
    ],
  },
  { name: 'an SDK behind tsx', args: ['node_modules/.bin/tsx', 'apps/sdk-app.cjs'], processes: true },
  { name: 'an SDK with instrumentation-undici alone', args: ['apps/sdk-app.cjs'], env: { ONLY: 'undici' } },
  { name: 'an SDK with instrumentation-http alone', args: ['apps/sdk-app.cjs'], env: { ONLY: 'http' } },
  { name: 'an SDK without HTTP instrumentations', args: ['apps/sdk-app.cjs'], env: { ONLY: 'none' } },
  { name: 'an SDK that starts between calls', args: ['apps/late-sdk.cjs'] },
  { name: 'an instrumentation whose provider is registered nowhere', args: ['apps/unregistered.cjs'] },
  { name: 'express with an SDK', args: ['apps/server.cjs'], env: { SERVER: 'express' } },
  { name: 'fastify with an SDK', args: ['apps/server.cjs'], env: { SERVER: 'fastify' } },
  { name: 'NestJS with an SDK', args: ['apps/nest.cjs'] },
  {
    name: 'SDKs that trace themselves, beside an SDK',
    args: ['apps/clients.mjs'],
    env: { TRACED: 'yes', ...SDK_SAMPLED },
  },
];
const NEW_RELIC = {
  NEW_RELIC_NO_CONFIG_FILE: 'true',
  NEW_RELIC_APP_NAME: 'app',
  NEW_RELIC_LICENSE_KEY: 'a'.repeat(40),
  NEW_RELIC_HOST: '127.0.0.1',
  NEW_RELIC_PORT: '1',
  NEW_RELIC_LOG_ENABLED: 'false',
  NEW_RELIC_UTILIZATION_DETECT_AWS: 'false',
  NEW_RELIC_UTILIZATION_DETECT_AZURE: 'false',
  NEW_RELIC_UTILIZATION_DETECT_GCP: 'false',
};
const DATADOG = { DD_TRACE_AGENT_URL: '{sink}', DD_TRACE_STARTUP_LOGS: 'false' };
const agents: readonly Case[] = [
  { name: 'Datadog, preloaded', args: ['--require', 'dd-trace/init', 'apps/agent.cjs'], env: DATADOG },
  { name: 'Datadog, in code', args: ['apps/agent.cjs'], env: { ...DATADOG, IN_CODE: 'dd-trace/init' } },
  { name: 'New Relic, preloaded', args: ['--require', 'newrelic', 'apps/agent.cjs'], env: NEW_RELIC },
  { name: 'New Relic, in code', args: ['apps/agent.cjs'], env: { ...NEW_RELIC, IN_CODE: 'newrelic' } },
  { name: 'Elastic’s distribution', args: ['--import', '@elastic/opentelemetry-node', 'apps/agent.cjs'] },
  {
    name: 'Sentry with tracing',
    args: ['apps/sentry.cjs'],
    env: { TRACED: 'yes' },
    elsewhere: true,
    carrier: 'sentry-trace',
  },
  { name: 'Sentry for errors alone', args: ['apps/sentry.cjs'] },
];

/** What the application itself has printed, in any order. */
const statuses = (text: string): string => (text.match(/200 503 200 503/g) ?? []).toSorted().join('\n');
const PM2 = { PM2_HOME: mkdtempSync(join(tmpdir(), 'faultlayer-pm2-')) };
const processes: readonly Case[] = ['-i 2', ''].map((cluster) => ({
  name: cluster === '' ? 'fork' : 'cluster',
  args: [
    'node_modules/pm2/bin/pm2-runtime',
    'start',
    'apps/sdk-app.cjs',
    '--no-autorestart',
    ...cluster.split(' ').filter(Boolean),
  ],
  env: PM2,
  processes: true,
  results: cluster === '' ? 1 : 2,
  output: statuses,
}));

describe.each([
  ['nobody', own],
  ['an OpenTelemetry SDK', sdk],
  ['an agent', agents],
  ['an SDK behind pm2', processes],
] as const)('traced by %s', (_who, cases) => {
  it.each(cases)('$name', async (each) => {
    const bare = await on.run(each, false);
    const ours = await on.run(each, true);
    expectUndisturbed(each, bare, ours);
    expectCounted(each, ours);
    if (each.results === undefined) expect(bare.code).toBe(0);
  });
});

it('pm2 reload: workers that are told to end keep their spans, and those that follow theirs', async () => {
  const home = mkdtempSync(join(tmpdir(), 'faultlayer-pm2-reload-'));
  const reload = (name: string): Case => ({
    name,
    args: ['apps/reload.cjs'],
    env: { PM2_HOME: join(home, name), STAY: '60000' },
    // of the workers alone: pm2 asks for its newest version, which is a call as well
    preloadIn: 'WORKER_OPTIONS',
    processes: true,
  });
  try {
    const bare = await on.run(reload('bare'), false);
    const ours = await on.run(reload('ours'), true);
    expect(bare.stdout).toBe('workers that have called: 4\n');
    expectUndisturbed(reload('ours'), bare, ours);
    expectCounted(reload('ours'), ours);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

it('whatever the manifests of an application say', async () => {
  for (const [name, main] of writeLayouts(on.folder)) {
    const each: Case = { name, args: [main] };
    const bare = await on.run(each, false);
    const ours = await on.run(each, true);
    expectUndisturbed(each, bare, ours);
    expectCounted(each, ours);
  }
});

it('a sampler that keeps one trace of a hundred: the metrics port counts every call, headers say what was decided', async () => {
  for (const env of [{}, { ONLY: 'none' }]) {
    const each: Case = {
      name: 'sampled',
      args: ['apps/sdk-app.cjs'],
      env: { ...env, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' },
    };
    const ours = await on.run(each, true);
    expect([ours.served, ours.collected]).toEqual([4, 0]);
    expect(ours.headers.map((h) => h['traceparent']?.map((value) => value.slice(-2)))).toEqual(Array(4).fill(['00']));
  }
});

// after all others: what they have sent
it.runIf(hasOtelcol)('a real OpenTelemetry Collector counts of all this what ours counts', async () => {
  await using otelcol = await otelcolProcess();
  const ours = pipeline();
  for (const body of on.everything) {
    ours.take(body);
    await otelcol.take(body);
  }
  const expected = sumOf(ours.samples(), CALLS);
  expect(expected).toBeGreaterThan(0);
  const counted = async () => sumOf(parsePage(await otelcol.scrape()), CALLS);
  await waitFor(async () => (await counted()) >= expected, 'the Collector to count', 60_000);
  // what comes too much comes with the next flush
  await sleep(2000);
  expect(await counted()).toBe(expected);
});
