import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readerOf } from '../../../instrumentation/base/environment.ts';
import { endpointOf } from '../../../instrumentation/export/endpoint.ts';
import { backoffMs, MAX_RETRY_AFTER_MS } from '../../../instrumentation/export/queue.ts';
import { retryAfterMs } from '../../../instrumentation/export/types.ts';
import { limitsOf, UNHONOURED } from '../../../instrumentation/output/output.ts';
import { resourceOf } from '../../../instrumentation/output/resource.ts';
import { parseTraceparent } from '../../../instrumentation/span/propagation.ts';
import { decodeTraces } from '../../support/otlp-decode.ts';
import { type OtlpSink, otlpSink } from '../../support/otlp-sink.ts';
import { APPS, preloaded } from '../../support/preload.ts';
import { root, runNode } from '../../support/run-node.ts';
import { httpServer, type Listening } from '../../support/servers.ts';

let api: Listening;
let url: string;
const headers: Record<string, unknown>[] = [];
beforeAll(async () => {
  api = await httpServer((req, res) => {
    headers.push(req.headers);
    res.writeHead(req.url?.includes('/http/') ? 500 : 200).end('fine');
  });
  url = `http://127.0.0.1:${api.port}`;
});
afterAll(() => api[Symbol.asyncDispose]());
let sink: OtlpSink;
beforeEach(async () => {
  sink = await otlpSink();
  headers.length = 0;
});
afterEach(() => sink.close());
const run = (env: Record<string, string>, count = '1') =>
  runNode(preloaded(join(APPS, 'calls.mjs'), url, count), { env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...env } });

describe('docs/configuration.md', () => {
  const page = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
  const [honoured, unhonoured] = page.slice(0, page.indexOf('`OTEL_CONFIG_FILE` (YAML')).split('Not honoured');
  const names = (text: string): Set<string> => new Set(text.match(/OTEL_[A-Z_]+[A-Z]/g));

  it('names every standard variable that is read', () => {
    const read = globSync('instrumentation/**/*.ts', { cwd: root }).flatMap((file) => {
      const found = readFileSync(join(root, file), 'utf8').match(/'OTEL_[A-Z_]+[A-Z]'/g) ?? [];
      return found.map((name) => name.slice(1, -1));
    });
    const known = new Set(
      read.map((name) => name.replace('OTLP_TRACES_', 'OTLP_')).filter((name) => !UNHONOURED.includes(name)),
    );
    expect([...names(honoured!)].filter((name) => !known.has(name))).toEqual([
      // made of their parts
      'OTEL_EXPORTER_OTLP',
    ]);
    expect([...known].filter((name) => !honoured!.includes(name.replace('OTEL_EXPORTER_OTLP_', '')))).toEqual([]);
  });

  it('names those that are not', () => expect([...names(unhonoured!)].toSorted()).toEqual([...UNHONOURED].toSorted()));
});

describe('a real process under OTEL_* variables', () => {
  it('sends name, resource, headers, compression where it is told', async () => {
    const ran = await run({
      OTEL_SERVICE_NAME: 'shop',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=ignored,service.version=1.2.3,deployment.environment.name=a%2Cb',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-team=a',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-key=k%20ey',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${sink.url}/custom/path`,
    });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(sink.requests[0]).toMatchObject({
      path: '/custom/path',
      headers: { 'x-team': 'a', 'x-key': 'k ey', 'content-encoding': 'gzip', 'content-type': 'application/x-protobuf' },
    });
    expect(sink.spans[0]!.resource).toMatchObject({
      'service.name': 'shop',
      'service.version': '1.2.3',
      'deployment.environment.name': 'a,b',
      'telemetry.distro.name': 'faultlayer',
    });
  });

  it('says once what is set and not honoured', async () => {
    const more = { OTEL_BSP_EXPORT_TIMEOUT: '1', OTEL_EXPORTER_ZIPKIN_ENDPOINT: 'http://z' };
    const ran = await run({ ...more, OTEL_LOGS_EXPORTER: 'none' }, '3');
    const names = Object.keys(more).join(', ');
    expect(ran.stderr).toBe(`faultlayer: not honoured by spans that faultlayer makes: ${names}\n`);
  });

  it('names methods as OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS says', async () => {
    await run({ OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS: 'POST, PURGE' });
    const { name, attributes } = sink.spans[0]!;
    expect([name, attributes['http.request.method']]).toEqual([expect.stringMatching(/^HTTP /), '_OTHER']);
    expect(attributes['http.request.method_original']).toBe('GET');
  });

  it('speaks OTLP/JSON', async () => {
    expect(await run({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' })).toMatchObject({ code: 0, stderr: '' });
    expect(sink.requests[0]!.headers['content-type']).toBe('application/json');
    // a failure leaves at once, what went well in batches
    const spans = sink.requests.flatMap(({ body }) => JSON.parse(body.toString()).resourceSpans[0].scopeSpans[0].spans);
    expect(spans.map((s: { name: string }) => s.name).toSorted()).toEqual(['GET /fetch/{id}', 'GET /http/{id}']);
    expect(spans[0].traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('prints to the console, or exports nothing but still propagates', async () => {
    const printed = await run({ OTEL_TRACES_EXPORTER: 'console' });
    expect(printed.stdout).toContain("name: 'GET /fetch/{id}'");
    expect(headers[0]!['traceparent']).toMatch(/^00-/);
    const silent = await run({ OTEL_TRACES_EXPORTER: 'none' });
    expect(silent).toMatchObject({ code: 0, stderr: '' });
    expect(sink.requests).toEqual([]);
    expect(headers[2]!['traceparent']).toMatch(/^00-/);
  });

  it('follows sampler, propagators and batch size', async () => {
    expect(await run({ OTEL_TRACES_SAMPLER: 'always_off', OTEL_PROPAGATORS: 'b3,b3multi' })).toMatchObject({ code: 0 });
    expect(sink.spans).toEqual([]);
    expect(headers[0]).toMatchObject({ b3: expect.stringMatching(/-0$/), 'x-b3-sampled': '0' });
    expect(headers[0]!['traceparent']).toBeUndefined();
    await run({ OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2', OTEL_PROPAGATORS: 'none' }, '3');
    const sizes = sink.requests.map(({ body }) => decodeTraces(body).length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2);
    expect(sink.spans).toHaveLength(6);
    expect(headers.at(-1)!['traceparent']).toBeUndefined();
  });

  it('keeps every failure and marks what each span stands for', async () => {
    expect(await run({ FAULTLAYER_SUCCESS_RATIO: '0' }, '3')).toMatchObject({ code: 0, stderr: '' });
    expect(sink.spans.map((s) => [s.attributes['http.response.status_code'], s.traceState, s.flags & 1])).toEqual(
      Array(3).fill([500, 'ot=th:0', 1]),
    );
    sink.spans.length = 0;
    await run({ FAULTLAYER_SUCCESS_RATIO: '1' }, '1');
    expect(sink.spans.map((s) => s.traceState)).toEqual(['ot=th:0', 'ot=th:0']);
  });

  it('names each unusable variable once, in one line, without its value where that may be a secret', async () => {
    const ran = await run({
      OTEL_BSP_SCHEDULE_DELAY: 'soon',
      OTEL_EXPORTER_OTLP_HEADERS: 's3cr3t',
      OTEL_PROPAGATORS: 'carrier-pigeon',
      FAULTLAYER_SPANS: 'mine',
    });
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stderr.trimEnd().split('\n').toSorted()).toEqual([
      "faultlayer: FAULTLAYER_SPANS must be one of auto, own, adopted, sdk, not 'mine'",
      "faultlayer: OTEL_BSP_SCHEDULE_DELAY must be a whole number of at least 0, not 'soon'",
      'faultlayer: OTEL_EXPORTER_OTLP_HEADERS must be a list of key=value pairs',
      "faultlayer: OTEL_PROPAGATORS 'carrier-pigeon' is not supported",
    ]);
    expect(sink.spans).toHaveLength(2);
  });
});

describe('reading', () => {
  it('the endpoint', () => {
    const of = (env: Record<string, string>) => endpointOf(readerOf(env));
    expect(of({}).url.href).toBe('http://localhost:4318/v1/traces');
    expect(of({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c.example/base/' }).url.href).toBe(
      'https://c.example/base/v1/traces',
    );
    expect(of({ OTEL_EXPORTER_OTLP_ENDPOINT: 'nonsense' }).url.href).toBe('http://localhost:4318/v1/traces');
    expect(of({ OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '7', OTEL_EXPORTER_OTLP_TIMEOUT: '9' }).timeoutMs).toBe(7);
    expect(of({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toMatchObject({
      protocol: 'grpc',
      url: new URL('http://localhost:4317'),
    });
    expect(of({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: 'c:9' }).url.href).toBe(
      'https://c:9/',
    );
    const reader = readerOf({ OTEL_EXPORTER_OTLP_CERTIFICATE: '/does/not/exist' });
    expect(endpointOf(reader).tls).toEqual({});
    expect(reader.problems).toEqual(['OTEL_EXPORTER_OTLP_CERTIFICATE cannot be read']);
  });

  it('limits, with the general ones below the span’s own', () => {
    expect(limitsOf(readerOf({}))).toMatchObject({ delayMs: 5000, batch: 512, spans: 2048, attributeCount: 128 });
    const env = {
      OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '9',
      OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '3',
      OTEL_BSP_MAX_QUEUE_SIZE: '10',
    };
    expect(limitsOf(readerOf(env))).toMatchObject({ valueLength: 9, attributeCount: 3, batch: 10, spans: 10 });
  });

  it('resource detectors', () => {
    const keys = (text: string) => [...resourceOf(readerOf({ OTEL_NODE_RESOURCE_DETECTORS: text })).keys()];
    expect(keys('none')).not.toContain('host.name');
    expect(keys('host')).toContain('host.name');
    expect(keys('all')).toContain('service.instance.id');
    expect(keys('all').filter((k) => k.includes('command'))).toEqual([]);
  });

  it('Retry-After, capped and jittered', () => {
    expect(retryAfterMs('2', 0)).toBe(2000);
    expect(retryAfterMs('Thu, 01 Jan 1970 00:00:09 GMT', 4000)).toBe(5000);
    expect(retryAfterMs('soon', 0)).toBeUndefined();
    expect(backoffMs(1, retryAfterMs('99999999', 0), 1)).toBeCloseTo(MAX_RETRY_AFTER_MS * 1.2);
    expect(backoffMs(1, undefined, 0)).toBeCloseTo(800);
    expect(backoffMs(9, undefined, 1)).toBeCloseTo(6000);
  });

  it('traceparent by the letter', () => {
    const good = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect(parseTraceparent(good)?.spanId).toBe('b7ad6b7169203331');
    expect(parseTraceparent(good.replace(/^00/, 'cc').concat('-more'))?.traceFlags).toBe(1);
    for (const bad of ['', good.replace(/^00/, 'ff'), good.toUpperCase(), `00-${'0'.repeat(32)}-b7ad6b7169203331-01`])
      expect(parseTraceparent(bad)).toBeUndefined();
  });
});
