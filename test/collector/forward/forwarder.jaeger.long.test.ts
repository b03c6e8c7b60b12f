import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { LINKS } from '../../../alerts/options.ts';
import { METRICS } from '../../../src/contract/index.ts';
import { type Child, startChild } from '../../support/child.ts';
import { freePorts } from '../../support/free-port.ts';
import { type Bag, protobufBody } from '../../support/otlp-spans.ts';
import { preloaded } from '../../support/preload.ts';
import { root, runNode } from '../../support/run-node.ts';
import { type TestCollector, testCollector } from '../../support/test-collector.ts';
import { waitFor } from '../../support/wait-for.ts';

// What the collector forwards, in a trace store that people run.

const JAEGER = 'github.com/jaegertracing/jaeger/cmd/jaeger@v1.76.0';
const TOKEN = 'a-token-of-the-jaeger-test';
const built = spawnSync(process.execPath, [join(root, 'test/support/go-tool.mjs'), JAEGER], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
});
if (built.status === 3) process.stderr.write('not tried: no Go on the PATH to build Jaeger with\n');

const CODE = 'api_key_expired';
const APP = `
  const answer = await fetch(process.env.TARGET + '/v1/charges/42', { method: 'POST', body: '{}' });
  await answer.text();
`;

interface JaegerSpan {
  traceID: string;
  tags: { key: string; value: unknown }[];
}
interface JaegerTrace {
  spans: JaegerSpan[];
}
const tagsOf = ({ tags }: JaegerSpan): Bag => Object.fromEntries(tags.map(({ key, value }) => [key, value])) as Bag;

const doc = readFileSync(join(root, 'docs/evidence.md'), 'utf8');
/** The conditions of each TraceQL question in the documentation, on the span and on its resource. */
const QUESTIONS = [...doc.matchAll(/^\| ([^|]+?) +\| `(\{ .*? \})/gm)].map(([, name, query]) => {
  const found = [...query!.matchAll(/(span|resource)\.([\w.]+) = "([^"]+)"/g)];
  const bagOf = (scope: string): Bag =>
    Object.fromEntries(found.filter(([, s]) => s === scope).map((m) => [m[2], m[3]!]));
  return { name: name!, span: bagOf('span'), resource: bagOf('resource') };
});

describe.skipIf(built.status === 3)('forwarding into Jaeger', () => {
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-jaeger-'));
  const provider = createServer((_req, res) => {
    res.writeHead(401, { 'content-type': 'application/json', 'request-id': 'req_Zs1qXb2T7mKc2' });
    res.end(JSON.stringify({ error: { code: CODE, message: 'Expired API Key provided' } }));
  });
  let [jaeger, query]: [Child | undefined, string] = [undefined, ''];
  let collector: TestCollector;
  const ask = async (path: string): Promise<JaegerTrace[]> => {
    const answer = await fetch(`${query}${path}`);
    return answer.status === 404 ? [] : (((await answer.json()) as { data: JaegerTrace[] | null }).data ?? []);
  };
  const tagged = (service: string, tags: Bag): Promise<JaegerTrace[]> =>
    ask(`/api/traces?${new URLSearchParams({ service, tags: JSON.stringify(tags), lookback: '1h', limit: '50' })}`);

  beforeAll(async () => {
    expect(built.status).toBe(0);
    const [http, grpc, otlp] = (await freePorts(3)) as [number, number, number];
    const config = join(folder, 'jaeger.yaml');
    writeFileSync(
      config,
      stringify({
        service: {
          extensions: ['jaeger_storage', 'jaeger_query'],
          pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
          telemetry: { metrics: { level: 'none' } },
        },
        extensions: {
          jaeger_query: {
            storage: { traces: 'memory' },
            http: { endpoint: `127.0.0.1:${http}` },
            grpc: { endpoint: `127.0.0.1:${grpc}` },
          },
          jaeger_storage: { backends: { memory: { memory: { max_traces: 1000 } } } },
        },
        receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${otlp}` } } } },
        exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
      }),
    );
    query = `http://127.0.0.1:${http}`;
    const isUp = async (): Promise<boolean> =>
      (await fetch(`${query}/api/services`)).ok && (await fetch(`http://127.0.0.1:${otlp}/`)).status === 404;
    jaeger = await startChild(built.stdout.trim(), ['--config', config], isUp);
    collector = await testCollector({
      FAULTLAYER_HTTP_TOKEN: TOKEN,
      FAULTLAYER_FORWARD_ENDPOINT: `http://127.0.0.1:${otlp}`,
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  }, 20 * 60_000);
  afterAll(async () => {
    provider.close();
    await collector?.close();
    await jaeger?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has the trace of a failed call under the ID in the page’s link', async () => {
    const { port } = provider.address() as AddressInfo;
    const app = join(folder, 'app.mjs');
    writeFileSync(app, APP);
    const ran = await runNode(preloaded(app), {
      env: {
        TARGET: `http://127.0.0.1:${port}`,
        OTEL_SERVICE_NAME: 'checkout-app',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.otlpUrl,
      },
    });
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    // The label that an alert's page makes its link of.
    const named = async () => (await collector.samples()).find(({ name }) => name === METRICS.lastFailure.name);
    await waitFor(async () => (await named()) !== undefined, 'the failure');
    const traceId = (await named())!.labels['trace_id']!;
    const link = new URL(`/trace/${traceId}`, LINKS.evidence);
    const page = await fetch(`${collector.httpUrl}${link.pathname}`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect([page.status, (await page.text()).includes(CODE)]).toEqual([200, true]);
    await waitFor(async () => (await ask(`/api/traces/${traceId}`)).length > 0, 'the trace in Jaeger');
    const [trace] = await ask(`/api/traces/${traceId}`);
    expect(trace!.spans.map(({ traceID }) => traceID)).toEqual([traceId]);
    expect(tagsOf(trace!.spans[0]!)).toMatchObject({
      'api.failure.layer': 'auth',
      'api.provider.code': CODE,
      'api.provider.request_id': 'req_Zs1qXb2T7mKc2',
      'http.response.status_code': 401,
    });
    expect(await ask(`/api/traces/${'0'.repeat(31)}1`)).toEqual([]);
  });

  it('answers the documentation’s questions with the spans that they mean, and no others', async () => {
    expect(QUESTIONS.map(({ span }) => Object.keys(span).length)).toEqual([2, 1, 1, 1, 1]);
    const now = BigInt(Date.now()) * 1_000_000n;
    const spanOf = (attributes: Bag) => ({
      startNanos: now - 1_000_000n,
      endNanos: now,
      attributes: { 'http.request.method': 'GET', 'api.status.class': '4xx', ...attributes },
    });
    const service = 'checkout';
    const spans = [...QUESTIONS.map(({ span }) => span), { 'api.failure.layer': 'service' }].map(spanOf);
    const body = protobufBody([{ resource: { 'service.name': service }, spans }]);
    expect((await collector.post(body)).status).toBe(200);
    await waitFor(async () => (await tagged(service, {})).length === spans.length, 'the spans in Jaeger');
    for (const { name, span, resource } of QUESTIONS) {
      expect(resource['service.name'] ?? service, name).toBe(service);
      const found = await tagged(service, span);
      expect(found.length, name).toBe(1);
      expect(tagsOf(found[0]!.spans[0]!), name).toMatchObject(span);
    }
    // And the command as it stands there, with this Jaeger's address.
    const [, from, given, tags] = /^curl -G (\S+)(\/api\/traces) -d service=checkout --data-urlencode '(.*)'$/m.exec(
      doc,
    )!;
    expect(from).toBe('http://127.0.0.1:16686');
    const asked = spawnSync('curl', ['-sG', `${query}${given}`, '-d', `service=${service}`, '--data-urlencode', tags!]);
    expect((JSON.parse(asked.stdout.toString()) as { data: JaegerTrace[] }).data).toHaveLength(1);
  });
});
