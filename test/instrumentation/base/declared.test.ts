import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { declared } from '../../../instrumentation/base/declared.ts';
import { readerOf } from '../../../instrumentation/base/environment.ts';
import { endpointOf } from '../../../instrumentation/export/endpoint.ts';
import { limitsOf } from '../../../instrumentation/output/output.ts';
import { resourceOf } from '../../../instrumentation/output/resource.ts';
import { otlpSink } from '../../support/otlp-sink.ts';
import { APPS, preloaded } from '../../support/preload.ts';
import { runNode } from '../../support/run-node.ts';
import { httpServer } from '../../support/servers.ts';

const folder = mkdtempSync(join(tmpdir(), 'faultlayer-declared-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const fileOf = (text: string): string => {
  const file = join(folder, `${files++}.yaml`);
  writeFileSync(file, text);
  return file;
};
const of = (text: string, env: Record<string, string> = {}) => declared({ ...env, OTEL_CONFIG_FILE: fileOf(text) });

const WHOLE = `
file_format: "1.0"
log_level: info
resource:
  attributes_list: service.name=lost,team=a%2Cb
  attributes: [{ name: service.name, value: "\${NAME}" }, { name: region, value: "eu, west" }]
propagator: { composite: [{ tracecontext: }, { baggage: }] }
attribute_limits: { attribute_count_limit: 50 }
tracer_provider:
  limits: { attribute_value_length_limit: 99 }
  sampler: { parent_based: { root: { trace_id_ratio_based: { ratio: 0.25 } } } }
  processors:
    - simple: { exporter: { console: } }
    - batch:
        schedule_delay: 123
        exporter:
          otlp_http:
            endpoint: "http://\${env:HOST:-collector}:4318/v1/traces"
            headers: [{ name: x-key, value: "a=b, c" }]
            encoding: json
            compression: gzip
            timeout: 77
meter_provider:
  readers: [{ periodic: { interval: 500, exporter: { otlp_grpc: { endpoint: "http://m:4317" } } } }]
`;

describe('OTEL_CONFIG_FILE', () => {
  it('takes the place of every other variable of OpenTelemetry', () => {
    const { env, problem } = of(WHOLE, { NAME: 'shop', OTEL_SERVICE_NAME: 'ignored', FAULTLAYER_SPANS: 'own' });
    expect(problem).toBeUndefined();
    expect(env).toMatchObject({
      OTEL_TRACES_EXPORTER: 'console,otlp',
      OTEL_LOG_LEVEL: 'info',
      FAULTLAYER_SPANS: 'own',
    });
    expect(env['OTEL_SERVICE_NAME']).toBeUndefined();
    expect([env['OTEL_TRACES_SAMPLER'], env['OTEL_TRACES_SAMPLER_ARG']]).toEqual(['parentbased_traceidratio', '0.25']);
    const reader = readerOf(env);
    expect(Object.fromEntries(resourceOf(reader))).toMatchObject({
      'service.name': 'shop',
      team: 'a,b',
      region: 'eu, west',
    });
    const { url, ...endpoint } = endpointOf(reader);
    expect(url.href).toBe('http://collector:4318/v1/traces');
    expect(endpoint).toMatchObject({
      protocol: 'http/json',
      headers: { 'x-key': 'a=b, c' },
      gzip: true,
      timeoutMs: 77,
    });
    expect(limitsOf(reader)).toMatchObject({ delayMs: 123, attributeCount: 50, valueLength: 99 });
    expect(endpointOf(reader, 'metrics')).toMatchObject({ protocol: 'grpc', url: new URL('http://m:4317') });
    expect(env['OTEL_METRIC_EXPORT_INTERVAL']).toBe('500');
    expect(reader.problems).toEqual([]);
  });

  it('sends no spans where it names no exporter', () => {
    expect(of('file_format: "1.0"').env['OTEL_TRACES_EXPORTER']).toBe('none');
  });

  it.each([
    ['file_format: "1.0\n', 'Missing closing'],
    ['[]', 'no file_format'],
  ])('is told where it cannot be used: %j', (text, why) => {
    const { env, problem } = of(text, { OTEL_SERVICE_NAME: 'kept' });
    expect(problem).toContain(`OTEL_CONFIG_FILE cannot be used: `);
    expect(problem).toContain(why);
    expect(env['OTEL_SERVICE_NAME']).toBe('kept');
  });

  it('says where the spans of a real process go', async () => {
    await using api = await httpServer((_, res) => void res.writeHead(503).end());
    const sink = await otlpSink();
    const exporter = `{ otlp_http: { endpoint: "${sink.url}/v1/traces", headers: [{ name: x-key, value: k }] } }`;
    const file = fileOf(
      `file_format: "1.0"\nresource: { attributes: [{ name: service.name, value: shop }] }\ntracer_provider: { processors: [{ batch: { exporter: ${exporter} } }] }\n`,
    );
    const env = { OTEL_CONFIG_FILE: file, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
    const ran = await runNode(preloaded(join(APPS, 'calls.mjs'), `http://127.0.0.1:${api.port}`, '1'), { env });
    await sink.close();
    expect(ran.stderr).toBe('');
    expect(sink.spans[0]!.resource).toMatchObject({ 'service.name': 'shop' });
    expect(sink.requests[0]!.headers['x-key']).toBe('k');
  });
});
