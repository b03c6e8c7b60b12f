import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { preloaded, REGISTER } from '../support/preload.ts';
import { APPS, type App, clients, expectAdopted, fileOf, type Stage, stage } from './applications.ts';

/** Where an application's SDK is harder to see, or does less than it could. */
let on: Stage;
const folder = mkdtempSync(join(tmpdir(), 'faultlayer-coexist-'));
beforeAll(async () => {
  on = await stage();
}, 300_000);
afterAll(async () => {
  await on[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(['otel-2', 'auto', 'sentry'] as const)('under %s in NODE_OPTIONS', (app) => {
  it.each([
    ['before', (theirs: string) => `--require "${REGISTER}" --require "${theirs}"`],
    ['after', (theirs: string) => `--require "${theirs}" --require "${REGISTER}"`],
  ])('ours %s theirs, in a thread, a forked child and a cluster’s worker', async (_order, both) => {
    const theirs = fileOf(app, 'sdk.cjs');
    const program = [fileOf(app, 'app.cjs')];
    const bare = await on.run(program, { NODE_OPTIONS: `--require "${theirs}"` }, 'everywhere');
    expect(bare.stdout).toMatch(/^thread 0$[\s\S]*^fork 0$[\s\S]*^cluster 0$/m);
    for (const spans of ['auto', 'adopted']) {
      const env = { NODE_OPTIONS: both(theirs), FAULTLAYER_SPANS: spans };
      expectAdopted(app, bare, await on.run(program, env, 'everywhere'), 4);
    }
  });
});

describe('in a bundle that no manifest describes', () => {
  // auto-instrumentations find their instrumentations by name, and @vercel/otel traces nothing once esbuild has bundled it
  const bundled = (Object.keys(APPS) as App[]).filter((app) => app !== 'auto' && app !== 'vercel');
  it.each(bundled)('%s', async (app) => {
    const outfile = join(folder, `${app}.cjs`);
    await build({
      entryPoints: [fileOf(app, 'app.cjs')],
      outfile,
      bundle: true,
      minify: true,
      platform: 'node',
      logLevel: 'error',
    });
    expectAdopted(app, await on.run([outfile]), await on.run(preloaded(outfile)));
  });
});

it.each(['otel-1', 'otel-2', 'otel-3'] as const)('%s without HTTP instrumentations: made through it', async (app) => {
  const env = { APP_WITHOUT_HTTP: 'yes' };
  const program = [fileOf(app, 'app.cjs')];
  const bare = await on.run(program, env);
  expect(clients(bare)).toEqual([]);
  const theirs = ['--require', fileOf(app, 'sdk.cjs')];
  for (const args of [preloaded(...program), [...theirs, ...preloaded(...program)]]) {
    const ours = await on.run(args, env);
    expect(ours).toMatchObject({ code: 0, stdout: bare.stdout, stderr: '' });
    const job = ours.spans.find((span) => span.name === 'job')!;
    const made = clients(ours);
    expect(made.map((span) => [span.scope, span.parentSpanId, span.attributes['error.type']])).toEqual(
      [undefined, '503', undefined, '503', 'tcp.refused', 'tcp.refused'].map((type) => [
        'faultlayer',
        job.spanId,
        type,
      ]),
    );
    expect(ours.headers.map((h) => h['traceparent'])).toEqual(
      made.slice(0, 4).map((span) => [`00-${span.traceId}-${span.spanId}-01`]),
    );
  }
});

describe.each(['sentry-10', 'sentry'] as const)('%s', (app) => {
  it('whose spans travel together in their transaction', async () => {
    const env = { SENTRY_OPTIONS: '{"traceLifecycle":"static"}' };
    const program = [fileOf(app, 'app.cjs')];
    expectAdopted(app, await on.run(program, env), await on.run(preloaded(...program), env));
  });

  it('beside spans of our own, when they are asked for', async () => {
    const program = [fileOf(app, 'app.cjs')];
    const bare = await on.run(program);
    const ours = await on.run(preloaded(...program), { FAULTLAYER_SPANS: 'own' });
    expect(ours).toMatchObject({ code: bare.code, stdout: bare.stdout, stderr: bare.stderr });
    const [made, theirs] = [true, false].map((own) => clients(ours).filter((s) => (s.scope === 'faultlayer') === own));
    const scopes = (spans: typeof made) => spans!.map((span) => span.scope).toSorted();
    expect(scopes(theirs)).toEqual(scopes(clients(bare)));
    const calls = made!.filter((span) => !String(span.attributes['url.full']).includes('/envelope/'));
    expect(calls.map((span) => span.attributes['error.type'])).toEqual([
      undefined,
      '503',
      undefined,
      '503',
      'tcp.refused',
      'tcp.refused',
    ]);
    expect(ours.headers.map((h) => [h['traceparent']?.length, h['sentry-trace']?.length])).toEqual(
      bare.headers.map(() => [1, 1]),
    );
  });

  it('that only reports errors leaves the spans to us', async () => {
    const env = { SENTRY_OPTIONS: '{"tracesSampleRate":null}' };
    const theirs = pathToFileURL(fileOf(app, 'sdk.mjs')).href;
    const forms = [
      { bare: [fileOf(app, 'app.cjs')], ours: preloaded(fileOf(app, 'app.cjs')) },
      {
        bare: ['--import', theirs, fileOf(app, 'app.mjs')],
        ours: ['--import', theirs, '--import', pathToFileURL(REGISTER).href, fileOf(app, 'app.mjs')],
      },
    ];
    for (const form of forms) {
      const bare = await on.run(form.bare, env);
      expect(bare.spans).toEqual([]);
      const ours = await on.run(form.ours, env);
      expect(ours).toMatchObject({ code: bare.code, stdout: bare.stdout, stderr: bare.stderr });
      const made = clients(ours);
      expect(made.map((span) => [span.scope, span.attributes['error.type']])).toEqual(
        [undefined, '503', undefined, '503', 'tcp.refused', 'tcp.refused'].map((type) => ['faultlayer', type]),
      );
      expect(ours.headers.map((h) => h['traceparent'])).toEqual(
        made.slice(0, 4).map((span) => [`00-${span.traceId}-${span.spanId}-01`]),
      );
    }
  });
});
