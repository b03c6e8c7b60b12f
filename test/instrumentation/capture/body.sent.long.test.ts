import { once } from 'node:events';
import { createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodeLines, undiciPath } from '../../support/node-lines.ts';
import { otlpSink } from '../../support/otlp-sink.ts';
import { preloaded } from '../../support/preload.ts';
import { runNode } from '../../support/run-node.ts';
import { httpServer } from '../../support/servers.ts';

// Bodies are seen in another way on every line: channels where they exist, own properties of undici's request objects elsewhere.
const UNDICI = ([6, 7, 8] as const).map(undiciPath);
const KEPT = '{"kind":"conference","password":"[secret]"}';
const paths = (h2: boolean) => [
  ...['/fetch/text', '/fetch/stream'],
  ...[6, 7, 8].flatMap((major) => [`/undici${major}/text`, `/undici${major}/stream`]),
  '/http',
  ...(h2 ? ['/http2'] : []),
];

it.each(nodeLines())('request bodies of failing calls on $name', { timeout: 60_000 }, async ({ node, name }) => {
  await using server = await httpServer((req, res) => void req.resume().on('end', () => res.writeHead(400).end()));
  const h2: Http2Server = createServer((req, res) => void req.resume().on('end', () => res.writeHead(400).end()));
  h2.listen(0, '127.0.0.1');
  await once(h2, 'listening');
  const sink = await otlpSink();
  try {
    const urls = [`http://127.0.0.1:${server.port}`, `http://127.0.0.1:${(h2.address() as AddressInfo).port}`];
    const app = await runNode(preloaded(join(import.meta.dirname, 'body-app.mjs'), ...urls, ...UNDICI), {
      node,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, FAULTLAYER_CAPTURE_BODIES: 'true' },
      deadlineMs: 50_000,
    });
    expect([app.code, app.stderr]).toEqual([0, expect.any(String)]);
    // node:http2 used directly has no channels before Node 22.17 (docs/limits.md)
    const expected = paths(!name.startsWith('v22.15.'));
    await sink.waitForSpans(expected.length);
    const bodies = sink.spans.map(({ attributes: a }) => [
      new URL(String(a['url.full'])).pathname,
      a['http.request.body.content'],
    ]);
    expect(bodies).toEqual(expected.map((path) => [path, KEPT]));
  } finally {
    h2.close();
    await sink.close();
  }
});
