import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OtlpSink, otlpSink } from '../../support/otlp-sink.ts';
import { fieldApp } from '../../support/packed.ts';
import { type Ran, runNode } from '../../support/run-node.ts';
import { httpServer, type Listening } from '../../support/servers.ts';

const PODS = 10;
const PRELOAD = { NODE_OPTIONS: '--require faultlayer/register' };
const copy = mkdtempSync(join(tmpdir(), 'faultlayer-uninstalled-'));
/** What a pod's five calls give, with and without the preload. */
const SAW = ['200 /0', '200 /1', '503 /2', '200 /3', '200 /4', ''].join('\n');

let cwd: string;
let sink: OtlpSink;
let provider: Listening;
/** Pod and whether its call carried a trace header. */
let calls: (readonly [pod: string, traced: boolean])[] = [];
beforeAll(async () => {
  cwd = fieldApp('rollout');
  sink = await otlpSink();
  provider = await httpServer((req, res) => {
    const [, pod = '', path = ''] = req.url!.split('/');
    calls.push([pod, req.headers['traceparent'] !== undefined]);
    res.writeHead(path === '2' ? 503 : 200).end(`/${path}`);
  });
}, 120_000);
afterAll(async () => {
  await sink.close();
  await provider[Symbol.asyncDispose]();
  rmSync(copy, { recursive: true, force: true });
});

function pod(name: string, env: Record<string, string> = {}, folder = cwd): Promise<Ran> {
  const own = { PROVIDER: `http://127.0.0.1:${provider.port}`, POD: name, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url };
  return runNode(['app.mjs'], { cwd: folder, env: { ...own, ...env } });
}
const fine = { code: 0, signal: null, stdout: SAW, stderr: '' };

it('canary: a tenth of the pods is seen, and no pod behaves differently', async () => {
  const ran: Ran[] = [];
  for (let i = 0; i < PODS; i++) ran.push(await pod(`pod-${i}`, i === 0 ? PRELOAD : {}));
  expect(ran.map(({ ms: _, ...rest }) => rest)).toEqual(Array(PODS).fill(fine));
  expect(calls).toHaveLength(PODS * 5);
  expect(new Set(calls.filter(([, traced]) => traced).map(([name]) => name))).toEqual(new Set(['pod-0']));
  const spans = await sink.waitForSpans(5);
  expect(spans.map((span) => String(span.attributes['url.full']).includes('/pod-0/'))).toEqual(Array(5).fill(true));
});

it('kill switch: the preload stays, and nothing is sent', async () => {
  const before = sink.requests.length;
  calls = [];
  expect(await pod('pod-0', { ...PRELOAD, FAULTLAYER_DISABLED: 'true' })).toMatchObject(fine);
  expect([calls.some(([, traced]) => traced), sink.requests.length]).toEqual([false, before]);
});

it('uninstall: the variable first, then the package', async () => {
  cpSync(cwd, copy, { recursive: true });
  const before = sink.requests.length;
  calls = [];
  expect(await pod('without-variable', {}, copy)).toMatchObject(fine);
  execFileSync('npm', ['uninstall', '--no-save', '--no-audit', '--no-fund', 'faultlayer'], { cwd: copy });
  expect(existsSync(join(copy, 'node_modules/faultlayer'))).toBe(false);
  expect(await pod('without-package', {}, copy)).toMatchObject(fine);
  expect([calls.some(([, traced]) => traced), sink.requests.length]).toEqual([false, before]);
  // The other order is the one that the document warns of.
  const left = await pod('variable-left', PRELOAD, copy);
  expect([left.code, left.stderr]).toEqual([1, expect.stringContaining("Cannot find module 'faultlayer/register'")]);
});
