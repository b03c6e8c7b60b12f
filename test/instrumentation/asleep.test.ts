import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttp2 } from 'node:http2';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authority } from '../support/certificates.ts';
import { freePort } from '../support/free-port.ts';
import { limit } from '../support/limits.ts';
import { type OtlpSink, otlpSink } from '../support/otlp-sink.ts';
import { APPS, preloaded } from '../support/preload.ts';
import { PRELOAD_FORMS } from '../support/preload-forms.ts';
import { root, runNode } from '../support/run-node.ts';
import { httpServer, httpsServer, type Listening, listening } from '../support/servers.ts';

/** `FAULTLAYER_SPANS=adopted`: the preload sleeps until there is something to do, and nobody can tell from what comes then. */
const CLIENT = 3;
const ADOPTED = { FAULTLAYER_SPANS: 'adopted' };
let sink: OtlpSink;
beforeEach(async () => {
  sink = await otlpSink();
});
afterEach(() => sink.close());
const env = (more: Record<string, string> = {}) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
  OTEL_NODE_RESOURCE_DETECTORS: 'none',
  ...ADOPTED,
  ...more,
});
/** The same, with the engine loaded at the start. */
const awake = async () => env({ FAULTLAYER_METRICS_PORT: `${await freePort()}` });
const app = (name: string) => join(APPS, name);
const index = pathToFileURL(join(root, 'dist/instrumentation/index.js')).href;
const clients = () => sink.spans.filter((span) => span.kind === CLIENT);

describe('an application that calls nobody', () => {
  it.each(Object.entries(PRELOAD_FORMS))(
    '%s: loads no engine, no client, adds nothing visible',
    async (_name, form) => {
      const ran = await runNode([...form.args, app('idle.cjs')], { env: { ...env(), ...form.env } });
      expect(ran).toMatchObject({ code: 0, stderr: '', stdout: 'main false 0 0\nthread false 0 0\n' });
    },
  );

  it.each<[string, Record<string, string>]>([
    ['with a metrics port', { FAULTLAYER_METRICS_PORT: '0' }],
    ['with spans of its own', { FAULTLAYER_SPANS: 'own' }],
  ])('%s loads the engine at the start', async (_name, more) => {
    const ran = await runNode(preloaded(app('idle.cjs')), { env: env(more) });
    expect(ran.stdout).toMatch(/^main true [1-9]\d* /);
  });
});

describe('a call before the application traces', () => {
  let servers: Listening[];
  const urls: Record<string, string> = {};
  beforeAll(async () => {
    using ca = authority();
    const leaf = ca.leaf({ names: ['localhost'] });
    const plain = await httpServer((_req, res) => void res.writeHead(503).end('{"error":{"code":"engine_down"}}'));
    const secure = await httpsServer(leaf, (_req, res) => void res.writeHead(503).end());
    const h2 = await listening(createHttp2((_req, res) => void res.writeHead(503).end()) as unknown as Server);
    servers = [plain, secure, h2];
    for (const client of ['fetch', 'undici', 'http']) urls[client] = `http://localhost:${plain.port}`;
    urls['https'] = `https://localhost:${secure.port}`;
    urls['http2 without a socket'] = 'http://localhost:1';
    urls['http2'] = `http://localhost:${h2.port}`;
  });
  afterAll(() => Promise.all(servers.map((server) => server[Symbol.asyncDispose]())));

  const CLIENTS = ['fetch', 'undici', 'http', 'https', 'http2', 'http2 without a socket'];
  it.each(CLIENTS)('%s: wakes the engine, which misses nothing of it', async (client) => {
    const ran = await runNode(preloaded(app('late-sdk.cjs'), client, urls[client]!), { env: env() });
    expect(ran).toMatchObject({ code: 0, stdout: 'false true true\n' });
    expect(clients()).toHaveLength(1);
    expect(clients()[0]!.attributes).toMatchObject({
      'api.failure.layer': 'service',
      'error.type': '503',
      // the first call was seen from its birth to its end
      'http.request.resend_count': 1,
    });
  });

  it.each(CLIENTS.slice(0, 4))('%s: also when nobody answers', async (client) => {
    const url = `${client === 'https' ? 'https' : 'http'}://127.0.0.1:${await freePort()}`;
    const ran = await runNode(preloaded(app('late-sdk.cjs'), client, url), { env: env() });
    expect(ran).toMatchObject({ code: 0, stdout: 'false true true\n' });
    const told = clients().map(({ attributes: a }) => [a['error.type'], a['http.request.resend_count']]);
    expect(told).toEqual([['tcp.refused', 1]]);
  });
});

it.each(['late', 'early'])(
  'a first call that node:http refuses is told as if we had been awake (node:http loaded %s)',
  async (when) => {
    const run = async (environment: Record<string, string>) => {
      sink.spans.length = 0;
      const ran = await runNode(preloaded(app('refused-first.cjs'), when), { env: environment });
      expect(ran).toMatchObject({ code: 0, stdout: 'ERR_INVALID_CHAR\n', stderr: '' });
      expect(sink.spans).toHaveLength(1);
      return sink.spans[0]!.attributes;
    };
    const asleep = await run(env());
    expect(asleep).toMatchObject({
      'url.full': 'http://127.0.0.1/refused?token=REDACTED',
      'api.failure.layer': 'client',
    });
    expect(asleep).toEqual(await run(await awake()));
  },
);

it('a reference to fetch from before is as good as a later one', async () => {
  await using api = await httpServer((_req, res) => void res.writeHead(302, { location: '/' }).end());
  const ran = await runNode(preloaded(app('kept-fetch.cjs'), `http://127.0.0.1:${api.port}/`), { env: env() });
  expect(ran).toMatchObject({ code: 0, stdout: 'redirect count exceeded false\n', stderr: '' });
  // known for calls of fetch only
  expect(clients().map((span) => span.attributes['error.type'])).toContain('http.response.redirect_loop');
});

limit('imports of `node:http` by name', async () => {
  await using api = await httpServer((_req, res) => void res.end());
  const unchanged = async (...args: string[]) =>
    (await runNode(preloaded(app('patched.mjs'), ...args), { env: env() })).stdout;
  const url = `http://127.0.0.1:${api.port}/`;
  expect(await unchanged(url)).toBe('true true true\n');
  expect(await unchanged(url, 'early')).toBe('true true true\n');
  expect(await unchanged('sdk')).toBe('true true true\n');
  expect(await unchanged('sdk', 'early')).toBe('true false false\n');
});

it('two copies of the package wake one engine', async () => {
  const copy = mkdtempSync(join(tmpdir(), 'faultlayer-second-'));
  for (const file of ['register.cjs', 'register.bundle.cjs'])
    copyFileSync(join(root, 'dist/instrumentation', file), join(copy, file));
  const args = ['--require', join(copy, 'register.cjs'), ...preloaded(app('signs.cjs'), 'api', 'count')];
  const ran = await runNode(args, { env: env() });
  rmSync(copy, { recursive: true });
  expect(JSON.parse(ran.stdout)[5]).toBe(1);
});

describe.each(['api', '__SENTRY__'])('the first look at %s', (name) => {
  const state = async (how: string) =>
    JSON.parse((await runNode(preloaded(app('signs.cjs'), name, how), { env: env() })).stdout);
  const written = { version: '1.0.0' };
  const plain = { writable: true, enumerable: true, configurable: true };

  limit('two global variables', async () => {
    expect((await state('in'))[6]).toBe(true);
  });
  it('wakes the engine and finds nothing', async () => {
    expect(await state('read')).toEqual([false, true, null, null, {}, 1, true]);
  });
  it('or makes the property, an ordinary one', async () => {
    expect(await state('write')).toEqual([false, true, null, written, plain, 1, true]);
    expect(await state('both')).toEqual([false, true, null, written, plain, 1, true]);
  });
  it('or keeps its value although the global object is frozen', async () => {
    expect((await state('freeze')).slice(0, 4)).toEqual([false, true, null, written]);
  });
});

it('keeps its place before those who subscribe later, until it is stopped', async () => {
  const ran = await runNode(preloaded(app('subscriber.cjs')), { env: env() });
  // listeners of ours on the socket when the application hears of it
  expect(ran).toMatchObject({ code: 0, stdout: '1 0 false\n', stderr: '' });
});

it('is woken by an application that asks for it in its code', async () => {
  const ran = await runNode(preloaded(app('starts-us.cjs'), index), { env: env() });
  expect(ran).toMatchObject({ code: 0, stdout: 'false true true true\n1\n', stderr: '' });
});

it('says what is wrong with its configuration when it wakes, and only then', async () => {
  const wrong = env({ OTEL_BSP_SCHEDULE_DELAY: 'soon' });
  expect((await runNode(preloaded(app('idle.cjs')), { env: wrong })).stderr).toBe('');
  const woken = await runNode(preloaded(app('signs.cjs'), 'api', 'read'), { env: wrong });
  expect(woken.stderr).toBe("faultlayer: OTEL_BSP_SCHEDULE_DELAY must be a whole number of at least 0, not 'soon'\n");
});
