import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { otlpSink } from '../../support/otlp-sink.ts';
import { fieldApp } from '../../support/packed.ts';
import { runNode } from '../../support/run-node.ts';

it('every copy of undici, 5 to 8, beside each other: one span and one traceparent a request', async () => {
  const seen: IncomingHttpHeaders[] = [];
  const provider = createServer((req, res) => {
    seen.push(req.headersDistinct as never);
    res.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"code":"invalid_api_key"}}');
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  const sink = await otlpSink();
  try {
    const ran = await runNode(['--require', 'faultlayer/register', 'apps/undici.mjs'], {
      cwd: fieldApp('frameworks'),
      env: {
        URL: `http://127.0.0.1:${(provider.address() as AddressInfo).port}`,
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      },
    });
    expect(ran).toMatchObject({ code: 0, stdout: '401 401 401 401 401\n', stderr: '' });
    const spans = await sink.waitForSpans(5);
    expect(spans.map((span) => span.attributes['api.provider.code'])).toEqual(Array(5).fill('invalid_api_key'));
    expect(seen.map((headers) => headers['traceparent']?.length)).toEqual([1, 1, 1, 1, 1]);
  } finally {
    provider.close();
    await sink.close();
  }
});
