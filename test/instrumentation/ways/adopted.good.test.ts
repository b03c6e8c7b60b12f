import { join } from 'node:path';
import { expect, it } from 'vitest';
import { otlpSink } from '../../support/otlp-sink.ts';
import { REGISTER } from '../../support/preload.ts';
import { runNode } from '../../support/run-node.ts';
import { httpServer } from '../../support/servers.ts';

/** Names on the span of one call that is answered well. */
async function namesOn(url: string, preload: readonly string[]): Promise<string[]> {
  const sink = await otlpSink();
  try {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
    await runNode([...preload, join(import.meta.dirname, 'recorded-app.cjs'), url], { env, deadlineMs: 50_000 });
    const [span] = await sink.waitForSpans(1);
    return Object.keys(span!.attributes);
  } finally {
    await sink.close();
  }
}

it('a good call gets what is always there and what was found, nothing its span has already', {
  timeout: 120_000,
}, async () => {
  await using server = await httpServer((_, res) => void res.writeHead(200, { 'x-request-id': 'req_1' }).end('fine'));
  const url = `http://127.0.0.1:${server.port}/v1/things/7`;
  const theirs = new Set(await namesOn(url, []));
  expect(theirs).toContain('url.full');
  const more = (await namesOn(url, ['--require', REGISTER])).filter((name) => !theirs.has(name));
  expect(more.sort()).toEqual([
    'api.auth.scheme',
    'api.clock.offset',
    'api.connection.reused',
    'api.provider.name',
    'api.provider.request_id',
    'api.request.repeated',
    'api.status.class',
    'api.timing.body',
    'api.timing.tcp',
    'api.timing.wait',
    'service.peer.name',
    'url.template',
  ]);
});
