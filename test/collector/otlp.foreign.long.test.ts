import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sumOf } from '../support/exposition.ts';
import { type TestCollector, testCollector } from '../support/test-collector.ts';

const root = join(import.meta.dirname, '../..');
/** The release of the Collector that bench/collector.ts measures against. */
const TELEMETRYGEN = 'github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen@v0.161.0';
const PYTHON_PACKAGES = [
  'opentelemetry-sdk==1.39.1',
  'opentelemetry-exporter-otlp-proto-http==1.39.1',
  'opentelemetry-exporter-otlp-proto-grpc==1.39.1',
];
const PROTOCOLS = ['http', 'grpc'] as const;

const there = (program: string, ...args: string[]): boolean => {
  const found = spawnSync(program, args, { stdio: 'ignore' }).status === 0;
  if (!found) process.stderr.write(`foreign sender not tried: no ${program} here\n`);
  return found;
};

/** Runs a sender without blocking the collector, which lives in this process; returns what it printed. */
async function run(program: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (c) => (output += c));
  child.stderr.on('data', (c) => (output += c));
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${output.slice(-2000)}`);
  return output;
}

async function counted(collector: TestCollector, service: string): Promise<number> {
  const samples = await collector.samples();
  return sumOf(samples, 'api_client_calls_total', { service_name: service, http_request_method: 'GET' });
}

it.each(PROTOCOLS)('takes what telemetrygen sends (Go, %s)', async (protocol) => {
  if (!there('go', 'version')) return;
  const collector = await testCollector();
  try {
    const endpoint = new URL(protocol === 'http' ? collector.otlpUrl : collector.otlpGrpcUrl!).host;
    await run('go', [
      'run',
      TELEMETRYGEN,
      'traces',
      ...(protocol === 'http' ? ['--otlp-http'] : []),
      '--otlp-insecure',
      '--otlp-endpoint',
      endpoint,
      '--traces',
      '10',
      '--service',
      'go-sender',
      '--telemetry-attributes',
      'http.request.method="GET"',
    ]);
    expect(await counted(collector, 'go-sender')).toBe(10);
  } finally {
    await collector.close();
  }
});

it.each(PROTOCOLS)('takes what the Python SDK sends, old attribute names and all (%s)', async (protocol) => {
  if (!there('python3', '-m', 'venv', '--help')) return;
  const venv = join(root, '.cache/python-sender');
  if (!existsSync(join(venv, 'bin/python'))) await run('python3', ['-m', 'venv', venv]);
  await run(join(venv, 'bin/python'), [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    ...PYTHON_PACKAGES,
  ]);
  const collector = await testCollector();
  const [exporter, made] =
    protocol === 'http'
      ? [
          'from opentelemetry.exporter.otlp.proto.http import Compression\nfrom opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter',
          `OTLPSpanExporter(endpoint="${collector.otlpUrl}/v1/traces", compression=Compression.Gzip)`,
        ]
      : [
          'from grpc import Compression\nfrom opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter',
          `OTLPSpanExporter(endpoint="${collector.otlpGrpcUrl}", insecure=True, compression=Compression.Gzip)`,
        ];
  const program = `
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
${exporter}
provider = TracerProvider(resource=Resource.create({"service.name": "python-sender"}))
provider.add_span_processor(BatchSpanProcessor(${made}))
tracer = provider.get_tracer("test")
for status in [200] * 7 + [429] * 3:
    with tracer.start_as_current_span("GET", kind=trace.SpanKind.CLIENT) as span:
        span.set_attributes({"http.method": "GET", "net.peer.name": "api.stripe.com", "http.status_code": status})
provider.shutdown()
`;
  try {
    await run(join(venv, 'bin/python'), ['-c', program]);
    expect(await counted(collector, 'python-sender')).toBe(10);
    const throttled = { service_name: 'python-sender', api_provider_name: 'stripe', api_failure_layer: 'throttling' };
    expect(sumOf(await collector.samples(), 'api_client_calls_total', throttled)).toBe(3);
  } finally {
    await collector.close();
  }
});

it('takes what OpenTelemetry’s grpc-js exporters send, spans and metrics, without an error of theirs', async () => {
  const collector = await testCollector();
  const program = `
import { metrics, trace, SpanKind, diag, DiagLogLevel, DiagConsoleLogger } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);
const sdk = new NodeSDK();
sdk.start();
for (let i = 0; i < 10; i++) trace.getTracer('t').startSpan('GET', { kind: SpanKind.CLIENT, attributes: { 'http.request.method': 'GET' } }).end();
metrics.getMeter('m').createCounter('things').add(1);
await sdk.shutdown();
`;
  const env = {
    OTEL_SERVICE_NAME: 'grpc-js-sender',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.otlpGrpcUrl!,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_NODE_RESOURCE_DETECTORS: 'env',
  };
  try {
    const complaints = await run(process.execPath, ['--input-type=module', '--eval', program], env);
    expect(complaints).toBe('');
    expect(await counted(collector, 'grpc-js-sender')).toBe(10);
    const samples = await collector.samples();
    expect(sumOf(samples, 'faultlayer_otlp_dropped_total', { signal: 'metrics' })).toBeGreaterThan(0);
  } finally {
    await collector.close();
  }
});
