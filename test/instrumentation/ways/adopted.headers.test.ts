import { join } from 'node:path';
import { expect, it } from 'vitest';
import { otlpSink } from '../../support/otlp-sink.ts';
import { preloaded } from '../../support/preload.ts';
import { runNode } from '../../support/run-node.ts';
import { httpServer } from '../../support/servers.ts';

it('a header that the application records on its own spans stays as it wrote it', { timeout: 60_000 }, async () => {
  await using server = await httpServer((_, res) => void res.writeHead(400).end());
  const sink = await otlpSink();
  try {
    const app = await runNode(
      preloaded(join(import.meta.dirname, 'recorded-app.cjs'), `http://127.0.0.1:${server.port}/v1/x`),
      {
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
        deadlineMs: 50_000,
      },
    );
    expect([app.code, app.stderr]).toEqual([0, expect.any(String)]);
    const [span] = await sink.waitForSpans(1);
    expect(span!.attributes).toMatchObject({
      'api.failure.layer': 'payload',
      'http.request.header.x-tenant': ['42'],
      'http.request.header.x-other': ['REDACTED'],
      'http.request.header.accept': ['application/json'],
    });
  } finally {
    await sink.close();
  }
});
