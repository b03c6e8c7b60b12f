import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Provider, startProvider } from '../../examples/provider/provider.ts';
import { environmentOf } from '../../examples/service/release.ts';
import type { DecodedSpan } from '../support/otlp-decode.ts';
import { type OtlpSink, otlpSink } from '../support/otlp-sink.ts';
import { root, runNode } from '../support/run-node.ts';
import { waitFor } from '../support/wait-for.ts';

const folder = mkdtempSync(join(tmpdir(), 'spans-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('puts the attributes on the span of a two-line fetch program', async () => {
  const sink = await otlpSink();
  const api = createServer((_request, response) =>
    response
      .writeHead(401, { 'content-type': 'application/json', 'x-request-id': 'req_2lines' })
      .end('{"error":{"code":"invalid_api_key","message":"Incorrect API key provided."}}'),
  );
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}/v1/models/8f14e45f-ceea-467f-a8f3-0d4f2d6a7b11?api_key=s3cret`;
  const file = join(folder, 'two-lines.mjs');
  writeFileSync(file, `const answer = await fetch('${url}');\nconsole.log(answer.status, await answer.text());\n`);
  try {
    const ran = await runNode(['--require', 'faultlayer/register', file], {
      cwd: root,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_SERVICE_NAME: 'two-lines' },
    });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('401 {"error":{"code":"invalid_api_key"');
    const [span] = await sink.waitForSpans(1);
    expect(sink.spans.length).toBe(1);
    expect(span!.resource).toMatchObject({ 'service.name': 'two-lines' });
    expect(span!.attributes).toMatchObject({
      'http.request.method': 'GET',
      'http.response.status_code': 401,
      'server.address': '127.0.0.1',
      'error.type': '401',
      'api.status.class': '4xx',
      'api.failure.layer': 'auth',
      'api.failure.stage': 'after_response',
      'api.failure.reason': 'http.error',
      'api.failure.owner': 'caller',
      'api.provider.name': '127.0.0.1',
      'api.provider.code': 'invalid_api_key',
      'api.provider.request_id': 'req_2lines',
      'api.provider.message': 'Incorrect API key provided.',
      'api.request.sent': 'yes',
      'url.template': '/v1/models/{id}',
    });
    expect(JSON.stringify(span!.attributes)).not.toContain('s3cret');
  } finally {
    await sink.close();
    api.close();
    api.closeAllConnections();
  }
});

describe('the example service, through real SDKs', () => {
  let provider: Provider;
  let sink: OtlpSink;
  let stop: () => Promise<void>;
  const fault = (path: string) => fetch(`http://127.0.0.1:${provider.controlPort}/faults/${path}`, { method: 'POST' });
  const find = (name: string, layer: string | undefined): DecodedSpan | undefined =>
    sink.spans.findLast(
      (s) => s.attributes['api.provider.name'] === name && s.attributes['api.failure.layer'] === layer,
    );

  beforeAll(async () => {
    provider = await startProvider({ host: '127.0.0.1', port: 0, controlPort: 0, folder, address: '127.0.0.1' });
    sink = await otlpSink();
    const jobs = 'stripe,openai,github,aws,exchange-rates,warehouse';
    const env = environmentOf(
      { service: 'shop', version: '1.0.0', jobs },
      { otlp: sink.url, providerPort: provider.port, certs: folder },
    );
    const service = join(root, 'dist/examples/service');
    const child = spawn(
      process.execPath,
      ['--require', 'faultlayer/register', '--require', join(service, 'names.js'), join(service, 'main.js')],
      { cwd: root, env: { ...process.env, ...env }, stdio: 'ignore' },
    );
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    stop = async () => {
      child.kill('SIGTERM');
      await ended;
      await Promise.all([provider.close(), sink.close()]);
    };
    for (const name of jobs.split(','))
      await waitFor(() => find(name, undefined) !== undefined, `a good call to ${name}`, 60_000);
  }, 90_000);
  afterAll(() => stop());

  it.each([
    {
      name: 'stripe',
      sdk: 'stripe',
      fault: 'throttle',
      layer: 'throttling',
      code: 'rate_limit',
      id: true,
      retryAfter: 2,
    },
    { name: 'openai', sdk: 'openai', fault: 'throttle', layer: 'throttling', code: 'rate_limit_exceeded', id: true },
    { name: 'github', sdk: '@octokit/rest', fault: 'outage', layer: 'service', id: true },
    {
      name: 'aws',
      sdk: '@aws-sdk/client-s3',
      fault: 'reset',
      layer: 'body',
      reason: 'http.response.truncated',
      id: true,
    },
    { name: 'exchange-rates', sdk: 'fetch', fault: 'nodns', layer: 'dns', id: false },
    { name: 'warehouse', sdk: 'axios', fault: 'expired', layer: 'tls', reason: 'tls.cert.date_invalid', id: false },
  ])(
    '$sdk under $fault fails at the $layer layer',
    async (row) => {
      expect(find(row.name, undefined)!.attributes).toMatchObject({ 'api.status.class': '2xx' });
      await fault(`${row.name}/${row.fault}`);
      await waitFor(() => find(row.name, row.layer) !== undefined, `${row.layer} at ${row.name}`, 60_000);
      const { attributes } = find(row.name, row.layer)!;
      if (row.reason) expect(attributes['api.failure.reason']).toBe(row.reason);
      expect(attributes['api.provider.code']).toBe(row.code);
      if (row.retryAfter) expect(attributes['api.retry.after']).toBeCloseTo(row.retryAfter, 0);
      const id = attributes['api.provider.request_id'];
      expect(id !== undefined).toBe(row.id);
      if (id !== undefined) {
        const sent = await fetch(`http://127.0.0.1:${provider.controlPort}/requests/${encodeURIComponent(String(id))}`);
        expect(await sent.json()).toMatchObject({ id, api: row.name });
      }
    },
    90_000,
  );
});
