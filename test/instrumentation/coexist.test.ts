import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SpanRecord } from '../../instrumentation/span/record.ts';
import { start } from '../../instrumentation/start.ts';
import { hasOtherAgent, hasOtherSdk, preloadsOf } from '../../instrumentation/ways/coexist.ts';
import type { DecodedSpan } from '../support/otlp-decode.ts';
import { type OtlpSink, otlpSink } from '../support/otlp-sink.ts';
import { APPS, preloaded, REGISTER } from '../support/preload.ts';
import { root, runNode } from '../support/run-node.ts';
import { httpServer, type Listening } from '../support/servers.ts';
import { waitFor } from '../support/wait-for.ts';

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
      new Set(['@opentelemetry/instrumentation-undici', '@opentelemetry/instrumentation-http', 'wrapper']),
    );
    expect(clients()).toHaveLength(4);
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

  it.each(['auto', 'own', 'sdk', 'stock'])('gets its spans exported, ours below them (%s)', async (spans) => {
    const ran = await runNode(preloaded(join(folder, 'app.mjs'), url), { env: { ...env(), FAULTLAYER_SPANS: spans } });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const job = sink.spans.find((s) => s.name === 'job')!;
    expect(job).toMatchObject({ scope: { name: 'app', version: '1.2.3' }, attributes: { size: 3 } });
    const call = only((s) => s.attributes['url.template'] === '/inside');
    expect(call).toMatchObject({ traceId: job.traceId, parentSpanId: job.spanId });
    expect(call.attributes).toMatchObject({ 'api.status.class': '2xx' });
    expect(traceparents).toEqual([[`00-${call.traceId}-${call.spanId}-01`]]);
  });

  it('does not lose the global to us when it is a bundle with an SDK inside', () => {
    const bundle = join(folder, 'bundle.cjs');
    const code = `/*${' '.repeat(64 * 1024)}*/ const traceparent = process.env`;
    writeFileSync(bundle, `${code}.OTEL_SERVICE_NAME`);
    expect(hasOtherSdk([], '', bundle)).toBe(false);
    writeFileSync(bundle, `${code}.OTEL_BSP_SCHEDULE_DELAY`);
    expect(hasOtherSdk([], '', bundle)).toBe(true);
    expect(hasOtherSdk([], '', join(folder, 'nowhere.cjs'))).toBe(false);
  });

  it('does not lose the global to us when its manifest names an SDK', () => {
    const main = join(folder, 'app.mjs');
    expect(hasOtherSdk([], '', main)).toBe(false);
    writeFileSync(join(folder, 'package.json'), '{"dependencies":{"@sentry/node":"^11"}}');
    expect(hasOtherSdk([], '', main)).toBe(true);
    writeFileSync(join(folder, 'package.json'), 'not json');
    expect(hasOtherSdk([], '', main)).toBe(false);
    expect(hasOtherSdk(['--require', './tracing.js'], '', main)).toBe(true);
    expect(hasOtherSdk(['--import=@sentry/node/preload'], '', main)).toBe(true);
    expect(hasOtherSdk([], '--max-old-space-size=50 -r dd-trace/init', main)).toBe(true);
    expect(hasOtherSdk(['-r', 'faultlayer/register'], '--require faultlayer/register', main)).toBe(false);
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

it('knows the agents that carry the trace on themselves', () => {
  expect(hasOtherAgent(['--require', 'newrelic'], '', undefined)).toBe(true);
  expect(hasOtherAgent([], '-r elastic-apm-node/start.js', undefined)).toBe(true);
  expect(hasOtherAgent(['-r', 'dd-trace/init'], '', join(APPS, 'calls.mjs'))).toBe(false);
});

it('reads preloads in every spelling', () => {
  expect(preloadsOf(['-r', 'a', '--require=b', '--import', 'c', '--inspect', 'd'])).toEqual(['a', 'b', 'c']);
});
