import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { type OtlpSink, otlpSink } from '../support/otlp-sink.ts';
import { APPS, preloaded, REGISTER } from '../support/preload.ts';
import { MODULE_KINDS, PRELOAD_FORMS } from '../support/preload-forms.ts';
import { root, runNode } from '../support/run-node.ts';
import { httpServer, type Listening } from '../support/servers.ts';

let api: Listening;
let url: string;
const traceparents: unknown[] = [];
beforeAll(async () => {
  api = await httpServer((req, res) => {
    traceparents.push(req.headers['traceparent']);
    setTimeout(() => res.end('fine'), req.url === '/late' ? 300 : 0);
  });
  url = `http://127.0.0.1:${api.port}`;
});
afterAll(() => api[Symbol.asyncDispose]());

let sink: OtlpSink;
beforeEach(async () => {
  sink = await otlpSink();
  traceparents.length = 0;
});
afterEach(() => sink.close());
const endpoint = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url });

describe.each(Object.entries(PRELOAD_FORMS))('%s', (_name, form) => {
  it.each(MODULE_KINDS)('makes one span per call of %s', async (app) => {
    const ran = await runNode([...form.args, join(APPS, app), url], { env: { ...endpoint(), ...form.env } });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(sink.spans.map((s) => s.name)).toHaveLength(2);
    // the header names exactly the exported spans
    expect(traceparents.toSorted()).toEqual(sink.spans.map((s) => `00-${s.traceId}-${s.spanId}-01`).toSorted());
  });
});

it('asks no timer or clock that the application put in place of the global ones', async () => {
  const from = BigInt(Date.now() - 60_000) * 1_000_000n;
  const app = join(APPS, 'faked-time.mjs');
  const bare = await runNode([app, url]);
  const ran = await runNode(preloaded(app, url), { env: endpoint() });
  expect(ran).toMatchObject({ code: 0, stderr: '', stdout: bare.stdout });
  expect(sink.spans.filter((span) => span.startNanos > from)).toHaveLength(2);
  // what judges calls is loaded when the clock is another's already
  const offsets = sink.spans.flatMap(({ attributes }) => attributes['api.clock.offset'] ?? []);
  expect(offsets).toHaveLength(1);
  expect(Math.abs(Number(offsets[0]))).toBeLessThan(60);
});

it('tells no plain call as TLS where undici cannot read: no WebAssembly', async () => {
  const app = ['-e', 'fetch(process.argv[1]).catch(() => {})', url];
  await runNode(['--jitless', ...preloaded(...app)], { env: endpoint() });
  await sink.waitForSpans(1);
  expect(sink.spans.map(({ attributes }) => attributes['api.failure.layer'])).toEqual(['unknown']);
});

it('works in threads, forked children and cluster workers without holding any of them', async () => {
  const ran = await runNode([join(APPS, 'workers.mjs'), url], {
    env: { ...endpoint(), NODE_OPTIONS: `--require "${REGISTER}"` },
  });
  expect(ran).toMatchObject({ code: 0, stderr: '', stdout: 'thread 0\nfork 0\ncluster 0\n' });
  expect(sink.spans.map((s) => s.attributes['url.template']).toSorted()).toEqual([
    '/cluster',
    '/fork',
    '/main',
    '/thread',
  ]);
});

it('leaves the thread of module hooks alone, so that the application has its metrics port', async () => {
  const port = `${await freePort()}`;
  const ran = await runNode(['--no-deprecation', ...preloaded(join(APPS, 'module-hooks.mjs'), url, port)], {
    env: { ...endpoint(), FAULTLAYER_METRICS_PORT: port },
  });
  expect(ran).toMatchObject({ code: 0, stdout: 'counted\n', stderr: '' });
});

it('starts once however often it is asked, and a broken callback costs nothing', async () => {
  const module = pathToFileURL(join(root, 'dist/instrumentation/index.js')).href;
  const ran = await runNode([join(APPS, 'throwing-listener.mjs'), url, module], { env: endpoint() });
  expect(ran.code).toBe(0);
  // told once, with its stack
  expect(ran.stderr.match(/^faultlayer: .*/gm)).toEqual([
    'faultlayer: a fault of ours in span listener, the application goes on: Error: broken callback',
  ]);
  expect(JSON.parse(ran.stdout.trimEnd().split('\n').at(-1)!)).toEqual({
    called: 10,
    faults: { 'span listener': 10 },
    same: true,
  });
  expect(sink.spans).toHaveLength(15);
});

it('tells a variable that is not known once, but for those of Services', async () => {
  const env = {
    ...endpoint(),
    FAULTLAYER_METRIC_PORT: '1',
    FAULTLAYER_SERVICE_HOST: '10.0.0.7',
    FAULTLAYER_PORT: '80',
  };
  const ran = await runNode(preloaded(join(APPS, 'calls.mjs'), url), { env });
  expect(ran).toMatchObject({
    code: 0,
    stderr: 'faultlayer: FAULTLAYER_METRIC_PORT is not known; faultlayer config lists those that are\n',
  });
  expect(sink.spans).toHaveLength(2);
});

describe('what judges calls', () => {
  const dist = join(root, 'dist');
  const copy = mkdtempSync(join(root, 'node_modules/.faultlayer-halves-'));
  afterAll(() => rmSync(copy, { recursive: true }));
  cpSync(dist, copy, { recursive: true });
  const app = join(copy, 'app.cjs');
  writeFileSync(
    app,
    `const { Session } = require('node:inspector');
    const half = require('node:path').join(__dirname, 'instrumentation/judging.bundle.cjs');
    const compiled = () => {
      const session = new Session();
      let found = 0;
      session.connect();
      session.on('Debugger.scriptParsed', ({ params }) => void (found += params.url.endsWith('judging.bundle.cjs') ? 1 : 0));
      session.post('Debugger.enable');
      session.disconnect();
      return found;
    };
    const told = [compiled()];
    require('node:fs').writeFileSync(half, 'throw new Error("of another version")');
    const { get } = require('node:http');
    get(process.argv[2], (response) => response.resume().on('end', () => console.log(JSON.stringify(told))));
    setTimeout(() => told.push(compiled()), 50);`,
  );

  it('is compiled while the first call waits, from what was there at the start', async () => {
    const register = join(copy, 'instrumentation/register.cjs');
    const ran = await runNode(['--require', register, app, `${url}/late`], { env: endpoint() });
    expect(ran).toMatchObject({ code: 0, stderr: '', stdout: '[0,1]\n' });
    expect(sink.spans).toHaveLength(1);
  });
});

describe('an unsupported Node', () => {
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-old-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  // what an older Node reports, before the preload runs
  const pretend = join(folder, 'pretend.cjs');
  writeFileSync(
    pretend,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.11.0' } });`,
  );

  it('starts the application uninstrumented with one line', async () => {
    const ran = await runNode(['--require', pretend, ...preloaded(join(APPS, 'calls.mjs'), url)], { env: endpoint() });
    const bare = await runNode([join(APPS, 'calls.mjs'), url]);
    expect(ran).toMatchObject({ code: 0, stdout: bare.stdout });
    expect(ran.stderr).toBe(
      'faultlayer: not started: needs Node 22.15 or later, this is 20.11.0; FAULTLAYER_FORCE=1 tries anyway\n',
    );
    expect(sink.spans).toEqual([]);
  });

  it('is tried anyway with FAULTLAYER_FORCE', async () => {
    const ran = await runNode(['--require', pretend, ...preloaded(join(APPS, 'calls.mjs'), url)], {
      env: { ...endpoint(), FAULTLAYER_FORCE: '1' },
    });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(sink.spans).toHaveLength(2);
  });
});

it('loads one small file where it is switched off', async () => {
  const ran = await runNode(preloaded('-p', 'Object.keys(require.cache).length'), {
    env: { FAULTLAYER_DISABLED: 'true' },
  });
  expect(ran).toMatchObject({ code: 0, stderr: '', stdout: '1\n' });
});

it('does nothing where it is switched off', async () => {
  for (const env of [{ FAULTLAYER_DISABLED: 'true' }, { OTEL_SDK_DISABLED: 'true' }]) {
    const ran = await runNode(preloaded(join(APPS, 'calls.mjs'), url), { env: { ...endpoint(), ...env } });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
  }
  expect(sink.requests).toEqual([]);
  expect(traceparents.filter(Boolean)).toEqual([]);
});
