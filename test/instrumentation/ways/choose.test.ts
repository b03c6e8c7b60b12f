import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SpanRecord } from '../../../instrumentation/span/record.ts';
import { start } from '../../../instrumentation/start.ts';
import type { DecodedSpan } from '../../support/otlp-decode.ts';
import { type OtlpSink, otlpSink } from '../../support/otlp-sink.ts';
import { APPS, preloaded, REGISTER } from '../../support/preload.ts';
import { root, runNode } from '../../support/run-node.ts';
import { httpServer, type Listening } from '../../support/servers.ts';
import { waitFor } from '../../support/wait-for.ts';

const AUTO = '@opentelemetry/auto-instrumentations-node/register';
const QUIET = { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_NODE_RESOURCE_DETECTORS: 'none' };
const CLIENT = 3;

let api: Listening;
let url: string;
const traceparents: string[][] = [];
beforeAll(async () => {
  api = await httpServer((req, res) => {
    traceparents.push(req.headersDistinct['traceparent'] ?? []);
    if (!req.url?.startsWith('/fail')) return res.end('fine');
    res.writeHead(503, { 'content-type': 'application/json', 'x-request-id': 'req_1' });
    return res.end('{"error":{"code":"engine_down"}}');
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
const env = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...QUIET });
const clients = () => sink.spans.filter((s) => s.kind === CLIENT);
const only = (pick: (s: DecodedSpan) => boolean) => {
  const found = clients().filter(pick);
  expect(found).toHaveLength(1);
  return found[0]!;
};

describe('an application with its own SDK', () => {
  it('keeps its spans, which get our attributes; nothing is doubled', async () => {
    const ran = await runNode(preloaded(join(APPS, 'own-sdk.cjs'), url), { env: env() });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(new Set(clients().map((s) => s.scope.name))).toEqual(
      new Set([
        '@opentelemetry/instrumentation-undici',
        '@opentelemetry/instrumentation-http',
        'wrapper',
        'faultlayer',
      ]),
    );
    expect(clients()).toHaveLength(5);
    // fetch refuses it before any instrumentation has heard of it: made through the application's provider
    expect(only((s) => s.scope.name === 'faultlayer').attributes).toMatchObject({ 'api.failure.layer': 'client' });
    // no call of ours belongs to it; its URL is redacted all the same
    expect(only((s) => s.scope.name === 'wrapper').attributes).toEqual({ 'http.url': `${url}/refused?token=REDACTED` });
    expect(new Set(sink.spans.filter((s) => s.kind !== 2).map((s) => s.traceId)).size).toBe(1);
    const viaFetch = only((s) => s.attributes['url.template'] === '/fail/fetch');
    expect(viaFetch.attributes).toMatchObject({
      'api.failure.layer': 'service',
      'api.provider.code': 'engine_down',
      'api.provider.request_id': 'req_1',
      'error.type': '503',
      'url.full': `${url}/fail/fetch?token=REDACTED`,
    });
    expect(JSON.stringify(clients().map((s) => s.attributes))).not.toContain('s3cr3t');
    expect(only((s) => s.attributes['url.template'] === '/fail/http').attributes).toMatchObject({
      'api.provider.code': 'engine_down',
    });
    // the stock span says `Error`
    expect(only((s) => s.attributes['server.port'] === 1).attributes).toMatchObject({
      'api.failure.layer': 'tcp',
      'error.type': 'tcp.refused',
    });
    expect(traceparents.map((t) => t.length)).toEqual([1, 1]);
    const ids = clients().map((s) => `00-${s.traceId}-${s.spanId}-01`);
    for (const [header] of traceparents) expect(ids).toContain(header);
  });

  it.each([
    ['before', ['--require', REGISTER, '--require', AUTO]],
    ['after', ['--require', AUTO, '--require', REGISTER]],
  ])('or auto-instrumentations: ours preloaded %s it', async (_order, preloads) => {
    const ran = await runNode([...preloads, join(APPS, 'require.cjs'), `${url}/fail`], { env: env() });
    expect(ran).toMatchObject({ code: 0, stdout: '503 503\n' });
    expect(clients().map((s) => s.attributes['api.provider.code'])).toEqual(['engine_down', 'engine_down']);
    expect(
      clients()
        .map((s) => s.scope.name.replace('@opentelemetry/', ''))
        .toSorted(),
    ).toEqual(['instrumentation-http', 'instrumentation-undici']);
    expect(traceparents.map((t) => t.length)).toEqual([1, 1]);
  });
});

describe('an application with the API only', () => {
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-app-'));
  beforeAll(() => {
    copyFileSync(join(APPS, 'manual-spans.mjs'), join(folder, 'app.mjs'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{"dependencies":{"@opentelemetry/api":"^1.9.0"}}');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(['auto', 'own', 'adopted'])('registers as without us, whenever it does (%s)', async (spans) => {
    const args = [
      '--require',
      REGISTER,
      '--print',
      "Object.getOwnPropertySymbols(globalThis).includes(Symbol.for('opentelemetry.js.api.1'))",
    ];
    expect(await runNode(args, { env: { ...env(), FAULTLAYER_SPANS: spans } })).toMatchObject({
      stdout: 'false\n',
      stderr: '',
    });
  });

  it('gets its spans exported when it asks for an SDK, with the instrumentation’s below them', async () => {
    const ran = await runNode(preloaded(join(folder, 'app.mjs'), url), { env: { ...env(), FAULTLAYER_SPANS: 'sdk' } });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const job = sink.spans.find((s) => s.name === 'job')!;
    expect(job).toMatchObject({ scope: { name: 'app', version: '1.2.3' }, attributes: { size: 3 } });
    const call = only((s) => s.attributes['url.template'] === '/inside');
    expect(call).toMatchObject({ traceId: job.traceId, parentSpanId: job.spanId });
    expect(call.scope.name).toBe('@opentelemetry/instrumentation-undici');
    expect(call.attributes).toMatchObject({ 'api.status.class': '2xx' });
    expect(traceparents).toEqual([[`00-${call.traceId}-${call.spanId}-01`]]);
  });

  it('is told how to install an SDK that is not there, and has our spans meanwhile', async () => {
    const alone = mkdtempSync(join(tmpdir(), 'faultlayer-alone-'));
    for (const file of ['register.cjs', 'register.bundle.cjs', 'judging.bundle.cjs'])
      copyFileSync(join(root, 'dist/instrumentation', file), join(alone, file));
    writeFileSync(join(alone, 'app.mjs'), 'await fetch(process.argv[2])');
    const options = { cwd: alone, env: { ...env(), FAULTLAYER_SPANS: 'sdk' } };
    const ran = await runNode(['--require', './register.cjs', 'app.mjs', `${url}/fail`], options);
    rmSync(alone, { recursive: true });
    const packages =
      '@opentelemetry/sdk-node @opentelemetry/instrumentation-http @opentelemetry/instrumentation-undici';
    expect(ran).toMatchObject({
      code: 0,
      stderr: `faultlayer: FAULTLAYER_SPANS=sdk needs packages that are not installed: npm install ${packages}\n`,
    });
    expect(only((s) => s.scope.name === 'faultlayer').attributes).toMatchObject({ 'api.failure.layer': 'service' });
  });

  it('has OTEL_CONFIG_FILE read by an SDK only when it asks for one', async () => {
    const file = join(folder, 'otel.yaml');
    writeFileSync(
      file,
      `file_format: "1.0"
resource: { attributes: [{ name: service.name, value: from-file }] }
propagator: { composite: [{ tracecontext: }] }
tracer_provider: { processors: [{ simple: { exporter: { otlp_http: { endpoint: "${sink.url}/v1/traces" } } } }] }
`,
    );
    for (const [spans, scope] of [
      ['auto', 'faultlayer'],
      ['sdk', '@opentelemetry/instrumentation-undici'],
    ]) {
      sink.spans.length = 0;
      const more = { OTEL_CONFIG_FILE: file, FAULTLAYER_SPANS: spans! };
      const ran = await runNode(preloaded(join(folder, 'app.mjs'), url), { env: { ...env(), ...more } });
      expect(ran.code).toBe(0);
      expect(clients().map((s) => s.scope.name)).toEqual([scope]);
    }
    expect(clients()[0]!.resource).toMatchObject({ 'service.name': 'from-file' });
  });
});

it('counts the calls of which the application makes no span', async () => {
  const seen: SpanRecord[] = [];
  const env = { FAULTLAYER_SPANS: 'adopted', OTEL_TRACES_EXPORTER: 'none' };
  const handle = start({ env, onSpan: (span) => seen.push(span) })!;
  await (await fetch(`${url}/fail/unseen`)).text();
  await waitFor(() => seen.length === 1, 'the call');
  await handle.stop();
  expect(seen[0]).toMatchObject({ traceId: '0'.repeat(32), name: 'GET /fail/unseen', failed: true });
  expect(seen[0]!.attributes).toMatchObject({ 'api.provider.code': 'engine_down' });
  expect(traceparents).toEqual([[]]);
});
