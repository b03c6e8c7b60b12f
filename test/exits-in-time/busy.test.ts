import { join } from 'node:path';
import { expect, it } from 'vitest';
import { otlpSink } from '../support/otlp-sink.ts';
import { APPS, preloaded } from '../support/preload.ts';
import { runNode } from '../support/run-node.ts';
import { httpServer, tcpServer } from '../support/servers.ts';

const BUSY_MS = 1500;
const busy = join(APPS, 'busy.mjs');

it('an event loop that stood still: no storm of exports after it, every call told once', async () => {
  await using api = await httpServer((_req, res) => res.end('fine'));
  const sink = await otlpSink();
  const args = [busy, `http://127.0.0.1:${api.port}`, `${BUSY_MS}`];
  const bare = await runNode(args);
  const ran = await runNode(preloaded(...args), {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_BSP_SCHEDULE_DELAY: '20' },
  });
  expect(ran).toMatchObject({ code: 0, stdout: bare.stdout, stderr: '' });
  expect(sink.spans.map((span) => span.attributes['url.template']).toSorted()).toEqual(
    ['/after/{id}', '/after/{id}', '/after/{id}', '/before', '/open'].toSorted(),
  );
  // a timer that had made up for 1.5 s of 20 ms would have sent 75 times
  expect(sink.requests.length).toBeLessThanOrEqual(5);
  const open = sink.spans.find((span) => span.attributes['url.template'] === '/open')!;
  expect(Number(open.endNanos - open.startNanos) / 1e6).toBeGreaterThan(BUSY_MS * 0.9);
  await sink.close();
});

it('and the end is as short as ever when the collector says nothing', { retry: 2 }, async () => {
  await using api = await httpServer((_req, res) => res.end('fine'));
  await using silent = await tcpServer(() => {});
  const args = [busy, `http://127.0.0.1:${api.port}`, `${BUSY_MS}`];
  const bare = await runNode(args);
  const ran = await runNode(preloaded(...args), {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${silent.port}` },
  });
  expect(ran).toMatchObject({ code: 0, stdout: bare.stdout });
  // a loaded machine makes every process slower
  expect(ran.ms - bare.ms).toBeLessThan(1000 + bare.ms);
});
