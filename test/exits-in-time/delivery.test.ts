import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sumOf } from '../support/exposition.ts';
import { freePort } from '../support/free-port.ts';
import { APPS, preloaded } from '../support/preload.ts';
import { type RunOptions, runNode } from '../support/run-node.ts';
import { httpServer } from '../support/servers.ts';
import { send, testCollector } from '../support/test-collector.ts';
import { waitFor } from '../support/wait-for.ts';

const app = join(APPS, 'ends.cjs');
const run = (env: Record<string, string>, how: string, url: string, more: Partial<RunOptions> = {}) =>
  runNode(preloaded(app, how, url), { env: { OTEL_BSP_SCHEDULE_DELAY: '60000', ...env }, ...more });

describe.each(['http/protobuf', 'http/json', 'grpc'])('over %s, a real collector', (protocol) => {
  it('counts failures of a process that ends at once, and calls that were open as pending', async () => {
    await using provider = await httpServer((req, res) => {
      if (req.url !== '/never') res.writeHead(503).end();
    });
    const url = `http://127.0.0.1:${provider.port}`;
    const collector = await testCollector();
    try {
      const endpoint = protocol === 'grpc' ? collector.otlpGrpcUrl! : collector.otlpUrl;
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: protocol };
      const ran = await run(env, 'exit', url);
      expect(ran).toMatchObject({ code: 3, stderr: '', stdout: '503\n' });
      await waitFor(async () => sumOf(await collector.samples(), 'api_client_calls_total') === 1, 'the failure');
      const samples = await collector.samples();
      expect(sumOf(samples, 'api_client_pending_total')).toBe(1);
      const pending = samples.find(({ name, value }) => name === 'api_client_pending_total' && value === 1)!;
      expect(pending.labels).toMatchObject({ phase: 'wait', api_provider_name: '127.0.0.1' });
    } finally {
      await collector.close();
    }
  });

  it('is told by a process that cannot end well, and shows what is in flight', async () => {
    await using provider = await httpServer((req, res) => {
      if (req.url !== '/never') res.writeHead(503).end();
    });
    const url = `http://127.0.0.1:${provider.port}`;
    const collector = await testCollector();
    try {
      const endpoint = protocol === 'grpc' ? collector.otlpGrpcUrl! : collector.otlpUrl;
      const env = {
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_METRICS_EXPORTER: 'otlp',
        OTEL_METRIC_EXPORT_INTERVAL: '100',
        OTEL_SERVICE_NAME: 'hanging',
      };
      const labels = { service_name: 'hanging', api_provider_name: '127.0.0.1', phase: 'wait' };
      // what an instance says is over three intervals after its end, so it is read while the process lives
      let seen: unknown;
      const ran = await run(env, 'wait', url, {
        onStdout: (_, kill) => {
          void waitFor(async () => {
            const samples = await collector.samples();
            const of = (name: string) => samples.find((s) => s.name === name && s.labels['phase'] === 'wait');
            const count = of('api_client_in_flight');
            if (count?.value !== 1 || !(of('api_client_oldest_in_flight_seconds')!.value > 0)) return false;
            seen = [count.labels, sumOf(samples, 'api_client_in_flight')];
            return true;
          }, 'the call in flight').finally(() => kill('SIGKILL'));
        },
      });
      expect([ran.signal, ran.stderr]).toEqual(['SIGKILL', '']);
      expect(seen).toEqual([labels, 1]);
      expect(sumOf(await collector.samples(), 'api_client_calls_total')).toBe(1);
    } finally {
      await collector.close();
    }
  });
});

it('shows what is in flight at the metrics port', async () => {
  await using provider = await httpServer((req, res) => {
    if (req.url !== '/never') res.writeHead(503).end();
  });
  const port = await freePort();
  let page = '';
  await run(
    { OTEL_TRACES_EXPORTER: 'none', FAULTLAYER_METRICS_PORT: String(port) },
    'wait',
    `http://127.0.0.1:${provider.port}`,
    {
      onStdout: (_, kill) => {
        void waitFor(async () => {
          page = await send(`http://127.0.0.1:${port}/metrics`).then(
            ({ body }) => body.toString(),
            () => '',
          );
          return page.includes('api_client_in_flight{');
        }, 'the page').finally(() => kill('SIGKILL'));
      },
    },
  );
  expect(page).toMatch(/^api_client_in_flight\{.*phase="wait".*\} 1(\.0)?$/m);
  expect(page).toMatch(/^api_client_oldest_in_flight_seconds\{.*phase="wait".*\} [\d.]+$/m);
});

// The exit may take 800 ms, whatever the machine does beside it: a neighbour's burst is no loss of ours.
it('a process without free descriptors loses nothing once there are some again', { retry: 2 }, async () => {
  await using provider = await httpServer((_, res) => res.writeHead(503).end());
  const collector = await testCollector();
  try {
    const ran = await runNode(
      [
        '--require',
        './dist/instrumentation/register.cjs',
        join(APPS, 'no-descriptors.cjs'),
        `http://127.0.0.1:${provider.port}`,
      ],
      { env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.otlpUrl, OTEL_LOG_LEVEL: 'NONE' } },
    );
    expect(ran).toMatchObject({ code: 0, stdout: 'EMFILE\n503\n' });
    await waitFor(async () => sumOf(await collector.samples(), 'api_client_calls_total') === 2, 'both calls');
  } finally {
    await collector.close();
  }
});
