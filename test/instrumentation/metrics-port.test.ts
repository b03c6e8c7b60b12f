import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createNoopMeter, metrics } from '@opentelemetry/api';
import { expect, it } from 'vitest';
import { start } from '../../instrumentation/metrics-port.ts';
import { parsePage, sumOf } from '../support/exposition.ts';
import { freePort } from '../support/free-port.ts';
import { preloaded } from '../support/preload.ts';
import { runNode } from '../support/run-node.ts';
import { send } from '../support/test-collector.ts';

const CALLS = 'api_client_calls_total';
const attributes = {
  'http.request.method': 'GET',
  'api.status.class': '4xx',
  'http.response.status_code': 404,
  'api.provider.name': 'stripe',
  'api.failure.layer': 'endpoint',
  'api.timing.wait': 0.2,
  'api.provider.request_id': 'req_7',
  'api.retry.kind': 'safe',
};
const resource = { 'service.name': 'shop', 'service.version': '2' };
const ids = { traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174' };

it('serves the contract’s metrics of the calls it was told of, both formats, on loopback only', async () => {
  const port = start(0);
  try {
    const url = (await port.ready)!;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    for (let i = 0; i < 3; i++) port.observe(attributes, resource, 0.25, ids);
    port.observe({ 'http.request.method': 7, 'api.status.class': ['x'], 'url.template': {} }, {}, Number.NaN);
    const text = parsePage((await send(url)).body.toString());
    expect(
      sumOf(text, CALLS, { service_name: 'shop', http_response_status_code: '404', api_failure_layer: 'endpoint' }),
    ).toBe(3);
    expect(sumOf(text, 'api_client_retries_total', { api_retry_kind: 'safe' })).toBe(3);
    expect(sumOf(text, 'api_client_duration_seconds_count', { service_name: 'shop' })).toBe(3);
    const answer = await send(url, { headers: { accept: 'application/openmetrics-text' } });
    expect(answer.headers['content-type']).toContain('openmetrics-text');
    const exemplar = parsePage(answer.body.toString()).find((s) => s.exemplar)!.exemplar!;
    expect(exemplar.labels).toEqual({ trace_id: ids.traceId, span_id: ids.spanId, request_id: 'req_7' });
    expect(answer.body.toString().endsWith('# EOF\n')).toBe(true);
    expect((await send(url, { method: 'POST' })).status).toBe(405);
    expect((await send(url.replace('/metrics', '/x'))).status).toBe(404);
    expect((await send(url, { headers: { host: 'evil.test' } })).status).toBe(403);
  } finally {
    port.stop();
  }
});

it('has the conventions’ histogram as long as the application has no MeterProvider', async () => {
  const port = start(0);
  try {
    const url = (await port.ready)!;
    const name = 'http_client_request_duration_seconds';
    const count = async () => {
      const page = parsePage((await send(url)).body.toString());
      expect(sumOf(page, 'api_client_duration_seconds_count')).toBeGreaterThan(0);
      return page.filter((s) => s.name.startsWith(name)).length && sumOf(page, `${name}_count`, { error_type: '404' });
    };
    port.observe(attributes, resource, 0.25, ids);
    expect(await count()).toBe(1);
    expect(metrics.setGlobalMeterProvider({ getMeter: createNoopMeter })).toBe(true);
    expect(await count()).toBe(0);
    metrics.disable();
    expect(await count()).toBe(1);
  } finally {
    metrics.disable();
    port.stop();
  }
});

/** The metric families of a page in protobuf: name, type, and the bytes of each. */
function familiesOf(page: Buffer): Map<string, { type: number; bytes: Buffer }> {
  const families = new Map<string, { type: number; bytes: Buffer }>();
  let at = 0;
  const varint = (): number => {
    for (let [value, factor] = [0, 1]; ; factor *= 128) {
      const byte = page[at++]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < page.length) {
    const end = varint() + at;
    const bytes = page.subarray(at, end);
    let [name, type] = ['', 0];
    while (at < end) {
      const key = varint();
      const value = varint();
      if (key === 8 + 2) name = page.toString('utf8', at, at + value);
      if (key === 3 * 8) type = value;
      else at += value;
    }
    families.set(name, { type, bytes });
  }
  expect(at).toBe(page.length);
  return families;
}

it('gives a scraper that asks in protobuf the same families, with native histograms', async () => {
  const port = start(0, undefined, undefined, new Map([['a "place"', 3]]));
  try {
    const url = (await port.ready)!;
    port.observe(attributes, resource, 0.25, ids);
    const accept =
      'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,text/plain;q=0.5';
    const answer = await send(url, { headers: { accept } });
    expect(answer.headers['content-type']).toContain('proto=io.prometheus.client.MetricFamily');
    const families = familiesOf(answer.body);
    const text = (await send(url)).body.toString();
    expect([...families.keys()].sort()).toEqual([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name).sort());
    expect(families.get(CALLS)).toMatchObject({ type: 0, bytes: expect.any(Buffer) });
    const duration = families.get('api_client_duration_seconds')!;
    expect(duration.type).toBe(4);
    // Histogram.schema = 2, zigzag
    expect(duration.bytes.includes(Buffer.from([5 * 8, 4]))).toBe(true);
    const three = Buffer.alloc(8);
    three.writeDoubleLE(3);
    const faults = families.get('faultlayer_faults_total')!.bytes;
    expect([faults.includes('a "place"'), faults.includes(three)]).toEqual([true, true]);
  } finally {
    port.stop();
  }
});

it('tells own faults by place from the first one on, in both formats', async () => {
  const faults = new Map<string, number>();
  const port = start(0, undefined, undefined, faults);
  try {
    const url = (await port.ready)!;
    const page = async (accept = '') => (await send(url, { headers: { accept } })).body.toString();
    expect(await page()).not.toContain('faultlayer_faults');
    faults.set('metrics port', 2).set('a "place"', 1);
    expect(sumOf(parsePage(await page()), 'faultlayer_faults_total', { place: 'metrics port' })).toBe(2);
    const openMetrics = await page('application/openmetrics-text');
    expect(openMetrics).toContain(
      '# TYPE faultlayer_faults counter\nfaultlayer_faults_total{place="metrics port"} 2\n',
    );
    expect(openMetrics).toContain('{place="a \\"place\\""} 1\n# EOF');
  } finally {
    port.stop();
  }
});

it('says once that its port is taken and goes on', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const problems: string[] = [];
  const port = start((taken.address() as AddressInfo).port, (p) => problems.push(p));
  try {
    expect(await port.ready).toBeUndefined();
    port.observe(attributes, resource, 0.1);
    expect(problems).toEqual([
      expect.stringMatching(/^FAULTLAYER_METRICS_PORT: port \d+ cannot be opened \(EADDRINUSE\)$/),
    ]);
  } finally {
    port.stop();
    taken.close();
  }
});

it('counts the calls of a preloaded service, which still ends by itself', async () => {
  const port = await freePort();
  const program = `
    const server = require('node:http').createServer((q, s) => { s.statusCode = 404; s.end('no'); }).listen(0, '127.0.0.1', async () => {
      const url = 'http://127.0.0.1:' + server.address().port + '/v1/things/1';
      for (let i = 0; i < 3; i++) await (await fetch(url)).text();
      let page = '';
      for (let i = 0; i < 200 && !/^api_client_calls_total.* 3$/m.test(page); i++) {
        page = await fetch('http://127.0.0.1:${port}/metrics').then((r) => r.text(), () => '');
        await new Promise((r) => setTimeout(r, 25));
      }
      console.log(page.split('\\n').filter((l) => /^api_client_calls_total.*404/.test(l)).join('\\n'));
      server.closeAllConnections();
      server.close();
    });`;
  const ran = await runNode(['--require', './dist/instrumentation/register.cjs', '-e', program], {
    env: { FAULTLAYER_METRICS_PORT: String(port), OTEL_TRACES_EXPORTER: 'none', OTEL_SERVICE_NAME: 'shop' },
  });
  expect(ran.stderr).toBe('');
  expect(ran.stdout).toMatch(/service_name="shop".*api_status_class="4xx".*api_failure_layer="endpoint".* 3/);
  expect(ran.code).toBe(0);
});

it('needs no collector beside it: only a stated endpoint that nobody listens at is told', async () => {
  const nobody = await freePort();
  const port = await freePort();
  const program = `fetch('http://127.0.0.1:${nobody}/').catch(() => {})`;
  const run = async (env: Record<string, string>) =>
    (await runNode(preloaded('-e', program), { env: { FAULTLAYER_METRICS_PORT: `${port}`, ...env } })).stderr;
  expect(await run({})).toBe('');
  expect(await run({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${nobody}` })).toMatch(
    new RegExp(`^faultlayer: spans cannot be sent to http://127.0.0.1:${nobody} .*\n$`),
  );
  // somebody may well listen where collectors do
  expect(await run({ FAULTLAYER_METRICS_PORT: '' })).toMatch(/^(?:faultlayer: spans cannot be sent to .*\n)?$/);
});
