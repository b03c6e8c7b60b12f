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
const PYTHON_PACKAGES = ['opentelemetry-sdk==1.39.1', 'opentelemetry-exporter-otlp-proto-http==1.39.1'];

const there = (program: string, ...args: string[]): boolean => {
  const found = spawnSync(program, args, { stdio: 'ignore' }).status === 0;
  if (!found) process.stderr.write(`foreign sender not tried: no ${program} here\n`);
  return found;
};

/** Runs a sender without blocking the collector, which lives in this process. */
async function run(program: string, args: string[], env: Record<string, string> = {}): Promise<void> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (c) => (output += c));
  child.stderr.on('data', (c) => (output += c));
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${output.slice(-2000)}`);
}

async function counted(collector: TestCollector, service: string): Promise<number> {
  const samples = await collector.samples();
  return sumOf(samples, 'api_client_calls_total', { service_name: service, http_request_method: 'GET' });
}

it('takes what telemetrygen sends (Go)', async () => {
  if (!there('go', 'version')) return;
  const collector = await testCollector();
  try {
    const endpoint = new URL(collector.otlpUrl).host;
    await run('go', [
      'run',
      TELEMETRYGEN,
      'traces',
      '--otlp-http',
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

it('takes what the Python SDK sends, old attribute names and all', async () => {
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
  const program = `
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
provider = TracerProvider(resource=Resource.create({"service.name": "python-sender"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint="${collector.otlpUrl}/v1/traces", compression=Compression.Gzip)))
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
