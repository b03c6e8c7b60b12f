import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type OtlpSink, otlpSink } from '../support/otlp-sink.ts';
import { APPS, preloaded, REGISTER } from '../support/preload.ts';
import { root, runNode } from '../support/run-node.ts';
import { httpServer, type Listening } from '../support/servers.ts';

const calls = join(APPS, 'calls.mjs');
const index = pathToFileURL(join(root, 'dist/instrumentation/index.js')).href;
const folder = mkdtempSync(join(tmpdir(), 'faultlayer-loading-'));
let api: Listening;
let url: string;
let sink: OtlpSink;
beforeAll(async () => {
  api = await httpServer((_req, res) => res.end('fine'));
  url = `http://127.0.0.1:${api.port}`;
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await api[Symbol.asyncDispose]();
});
beforeEach(async () => {
  sink = await otlpSink();
});
afterEach(() => sink.close());
const env = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url });

/** The preload's files elsewhere, without those that `broken` names; with text in their place where it gives one. */
function copyOf(name: string, broken: Record<string, string | undefined> = {}): string {
  const from = join(root, 'dist/instrumentation');
  const to = mkdtempSync(join(folder, `${name}-`));
  for (const file of readdirSync(from).filter((file) => file.endsWith('.cjs')))
    if (!(file in broken)) copyFileSync(join(from, file), join(to, file));
    else if (broken[file] !== undefined) writeFileSync(join(to, file), broken[file]);
  return join(to, 'register.cjs');
}

describe('Node’s own switches', () => {
  it.each([
    ['--frozen-intrinsics'],
    ['--disable-proto=delete'],
    ['--disable-proto=throw'],
    ['--disallow-code-generation-from-strings'],
    ['--permission', '--allow-fs-read=*'],
    ['--throw-deprecation', '--pending-deprecation'],
    ['--unhandled-rejections=strict'],
  ])('%s: the application runs as without us, and its calls are told', async (...flags) => {
    const bare = await runNode([...flags, calls, url]);
    const ran = await runNode([...flags, ...preloaded(calls, url)], { env: env() });
    // node numbers its warnings by process
    const warnings = (text: string) => text.replace(/\(node:\d+\)/g, '');
    expect(bare.code).toBe(0);
    expect(ran).toMatchObject({ code: 0, stdout: bare.stdout });
    expect(warnings(ran.stderr)).toBe(warnings(bare.stderr));
    expect(sink.spans).toHaveLength(2);
  });

  it('--permission without the right to our files: one line of ours at most', async () => {
    const flags = ['--permission', `--allow-fs-read=${join(root, 'test')}`, `--allow-fs-read=${REGISTER}`];
    const bare = await runNode([...flags, calls, url]);
    const ran = await runNode([...flags, ...preloaded(calls, url)], { env: env() });
    expect(ran).toMatchObject({ code: 0, stdout: bare.stdout });
    expect(ran.stderr).toMatch(/^faultlayer: not started: .*\n$/);
    expect(sink.spans).toEqual([]);
  });
});

describe('a damaged installation', () => {
  it.each([
    ['the bundle is missing', { 'register.bundle.cjs': undefined }],
    ['the bundle is cut off', { 'register.bundle.cjs': 'const a = {' }],
    ['the bundle throws', { 'register.bundle.cjs': 'throw new Error("broken")' }],
    ['the bundle throws nonsense', { 'register.bundle.cjs': 'throw null' }],
    ['the half for ended calls is missing', { 'judging.bundle.cjs': undefined }],
  ])('%s: the application starts, with one line', async (_what, broken) => {
    const bare = await runNode([calls, url]);
    const ran = await runNode(['--require', copyOf('bundle', broken), calls, url], { env: env() });
    expect(ran).toMatchObject({ code: 0, stdout: bare.stdout });
    expect(ran.stderr).toMatch(/^faultlayer: not started: .*\n$/);
    expect(sink.spans).toEqual([]);
  });
});

it.each(['const a = {', 'throw null', 'throw new Error("broken")'])(
  'a half for ended calls that says %s: the calls go on, and our faults are told',
  async (text) => {
    const bare = await runNode([calls, url]);
    const ran = await runNode(['--require', copyOf('half', { 'judging.bundle.cjs': text }), calls, url], {
      env: env(),
    });
    expect(ran).toMatchObject({ code: 0, stdout: bare.stdout });
    expect(ran.stderr).toMatch(/^faultlayer: a fault of ours in \w+/);
    expect(ran.stderr.match(/^faultlayer: /gm)!.length).toBeLessThan(10);
  },
);

it('an environment that may not be read: the application starts, with one line', async () => {
  const closed = join(folder, 'closed.cjs');
  writeFileSync(
    closed,
    `const real = process.env;
const get = (_, name) => { if (/^(FAULTLAYER|OTEL)_/.test(String(name))) throw new Error('NotCapable'); return real[name]; };
process.env = new Proxy({}, { get });
`,
  );
  const bare = await runNode([calls, url]);
  const ran = await runNode(['--require', closed, ...preloaded(calls, url)]);
  expect(ran).toMatchObject({ code: 0, stdout: bare.stdout });
  expect(ran.stderr).toMatch(/^faultlayer: not started: NotCapable\n$/);
});

it("another runtime: one line says what is seen, and undici's channels are used where they are", async () => {
  const bun = join(folder, 'bun.cjs');
  writeFileSync(bun, "Object.defineProperty(process, 'versions', { value: { ...process.versions, bun: '1.4.0' } });\n");
  const ran = await runNode(['--require', bun, ...preloaded(calls, url)], { env: env() });
  expect(ran.code).toBe(0);
  expect(ran.stderr).toBe(
    "faultlayer: under Bun calls of node:http and node:http2 are seen; those of fetch only if Bun publishes undici's channels (1.4 does not)\n",
  );
  // here they are published
  expect(sink.spans).toHaveLength(2);
});

it('two copies of the package are one', async () => {
  const ran = await runNode(['--require', copyOf('second'), ...preloaded(calls, url)], { env: env() });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(sink.spans).toHaveLength(2);
});

it('a callback whose promise rejects is counted and switched off, and ends nobody', async () => {
  const app = join(APPS, 'throwing-listener.mjs');
  const ran = await runNode(['--unhandled-rejections=strict', app, url, index, 'rejects'], { env: env() });
  expect(ran.code).toBe(0);
  expect(ran.stderr.match(/^faultlayer: /gm)).toEqual(['faultlayer: ']);
  expect(ran.stderr).toMatch(/^faultlayer: a fault of ours in span listener.*broken callback\n +at onSpan/);
  expect(JSON.parse(ran.stdout.trimEnd().split('\n').at(-1)!)).toMatchObject({
    called: 10,
    faults: { 'span listener': 10 },
  });
});

it('who waits for flush() or stop() is not ended by Node meanwhile', async () => {
  // longer than the end of the process would wait for it
  const slow = await otlpSink((_req, res) => void setTimeout(() => res.writeHead(200).end(), 1500));
  const ran = await runNode([join(APPS, 'awaits-flush.mjs'), url, index], {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: slow.url },
  });
  await slow.close();
  expect(ran).toMatchObject({ code: 0, stdout: 'sent\n', stderr: '' });
  expect(slow.spans).toHaveLength(1);
});
