import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { otlpSink } from '../support/otlp-sink.ts';
import { runNode } from '../support/run-node.ts';

const folder = mkdtempSync(join(tmpdir(), 'faultlayer-config-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const config = (endpoint: string): string => `file_format: "1.0"
resource:
  attributes:
    - name: service.name
      value: from-file
tracer_provider:
  processors:
    - batch:
        schedule_delay: 100
        exporter:
          otlp_http:
            endpoint: ${endpoint}
`;

it('OTEL_CONFIG_FILE: the SDK is what the file says, and its client spans carry the attributes', async () => {
  const provider = createServer((_req, res) => {
    res.writeHead(403, { 'content-type': 'application/json', 'x-request-id': 'req_file' });
    res.end('{"error":{"code":"missing_scope"}}');
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  const sink = await otlpSink();
  try {
    writeFileSync(join(folder, 'otel.yaml'), config('${SINK}/v1/traces'));
    writeFileSync(join(folder, 'app.mjs'), 'console.log((await fetch(process.env.URL)).status);\n');
    const ran = await runNode(['--require', 'faultlayer/register', join(folder, 'app.mjs')], {
      env: {
        OTEL_CONFIG_FILE: join(folder, 'otel.yaml'),
        SINK: sink.url,
        URL: `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1/things`,
      },
    });
    expect(ran).toMatchObject({ code: 0, stdout: '403\n', stderr: '' });
    const [span] = await sink.waitForSpans(1);
    expect(sink.spans).toHaveLength(1);
    expect(span!.resource).toMatchObject({ 'service.name': 'from-file' });
    expect(span!.attributes).toMatchObject({
      'api.failure.layer': 'auth',
      'api.provider.code': 'missing_scope',
      'api.provider.request_id': 'req_file',
    });
  } finally {
    await sink.close();
    provider.close();
  }
});

it('OTEL_CONFIG_FILE that cannot be read leaves the application as it is', async () => {
  const ran = await runNode(['--require', 'faultlayer/register', '-e', 'console.log("ran")'], {
    env: { OTEL_CONFIG_FILE: join(folder, 'absent.yaml') },
  });
  expect(ran).toMatchObject({ code: 0, stdout: 'ran\n' });
});
