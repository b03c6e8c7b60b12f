import { join } from 'node:path';
import { expect, it } from 'vitest';
import { otlpSink } from '../../support/otlp-sink.ts';
import { preloaded } from '../../support/preload.ts';
import { runNode } from '../../support/run-node.ts';
import { httpServer } from '../../support/servers.ts';

it('the first call after a provider was registered is told like every other', { timeout: 60_000 }, async () => {
  await using server = await httpServer((_, res) => void res.writeHead(503).end());
  const sink = await otlpSink();
  try {
    const app = await runNode(
      preloaded(join(import.meta.dirname, 'first-app.cjs'), `http://127.0.0.1:${server.port}/v1/x`),
      { env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' } },
    );
    expect(app.code).toBe(0);
    const spans = await sink.waitForSpans(2);
    expect(spans.map(({ scope, attributes: a }) => [scope.name, a['api.failure.layer']])).toEqual([
      ['wrapper', 'service'],
      ['wrapper', 'service'],
    ]);
  } finally {
    await sink.close();
  }
});
