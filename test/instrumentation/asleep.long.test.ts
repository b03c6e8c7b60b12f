import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { authority } from '../support/certificates.ts';
import { nodeLines } from '../support/node-lines.ts';
import { otlpSink } from '../support/otlp-sink.ts';
import { APPS, preloaded } from '../support/preload.ts';
import { runNode } from '../support/run-node.ts';
import { httpServer, httpsServer } from '../support/servers.ts';

/** What comes first of a call differs by Node line: on 22.15 no socket of TLS is told, on others it is told before its request. */
describe.each(nodeLines())('Node $name, told to adopt', ({ node }) => {
  it('loads nothing for an application that calls nobody', async () => {
    const env = { FAULTLAYER_SPANS: 'adopted' };
    const ran = await runNode(preloaded(join(APPS, 'idle.cjs')), { node, env });
    expect(ran).toMatchObject({ code: 0, stderr: '', stdout: 'main false 0 0\nthread false 0 0\n' });
  });

  it.each(['fetch', 'http', 'https'])('is woken by a first call of %s, and misses nothing of it', async (client) => {
    using ca = authority();
    await using api = await (client === 'https'
      ? httpsServer(ca.leaf({ names: ['localhost'] }), (_req, res) => void res.writeHead(503).end())
      : httpServer((_req, res) => void res.writeHead(503).end()));
    const sink = await otlpSink();
    const url = `${client === 'https' ? 'https' : 'http'}://localhost:${api.port}`;
    const ran = await runNode(preloaded(join(APPS, 'late-sdk.cjs'), client, url), {
      node,
      env: {
        FAULTLAYER_SPANS: 'adopted',
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
        OTEL_NODE_RESOURCE_DETECTORS: 'none',
      },
    });
    await sink.close();
    expect(ran).toMatchObject({ code: 0, stdout: 'false true true\n' });
    expect(sink.spans.map(({ attributes: a }) => [a['error.type'], a['http.request.resend_count']])).toEqual([
      ['503', 1],
    ]);
  });
});
