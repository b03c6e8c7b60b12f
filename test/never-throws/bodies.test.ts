import { join } from 'node:path';
import { expect, it } from 'vitest';
import { otlpSink } from '../support/otlp-sink.ts';
import { APPS, preloaded } from '../support/preload.ts';
import { runNode } from '../support/run-node.ts';
import { httpServer } from '../support/servers.ts';

const MIB = 1024 * 1024;
const SIZE = 96 * MIB;

it('a failing answer of 96 MiB: the same bytes at the same pace, however it is read, and no memory of ours', async () => {
  const chunk = Buffer.from(`{"error":{"code":"too_large"}}${'0123456789abcdef'.repeat(4096)}`).subarray(0, 65_536);
  let written = 0;
  await using api = await httpServer((req, res) => {
    const size = Number(/^\/large\/(\d+)/.exec(req.url!)?.[1]);
    if (!size) return void res.end(String(written));
    res.writeHead(500, { 'content-type': 'application/json', 'content-length': size });
    let sent = 0;
    const push = () => {
      while (sent < size && !res.destroyed) {
        sent += chunk.length;
        written = sent;
        if (!res.write(chunk)) return void res.once('drain', push);
      }
      if (sent >= size) res.end();
    };
    push();
  });
  const sink = await otlpSink();
  const args = [join(APPS, 'bodies.mjs'), `http://127.0.0.1:${api.port}`, `${SIZE}`];
  const bare = await runNode(args, { deadlineMs: 120_000 });
  const ran = await runNode(preloaded(...args), {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
    deadlineMs: 120_000,
  });
  expect(bare.code).toBe(0);
  expect(bare.stdout).not.toContain('false');
  expect(ran).toMatchObject({ code: 0, stdout: bare.stdout });
  // both hold what the collector has not yet taken of a stream that passes
  expect(Number(ran.stderr) - Number(bare.stderr)).toBeLessThan(48 * MIB);
  const large = sink.spans.filter((span) => String(span.attributes['url.template']).startsWith('/large'));
  expect(large).toHaveLength(8);
  for (const span of large)
    expect(span.attributes).toMatchObject({ 'error.type': '500', 'api.provider.code': 'too_large' });
  await sink.close();
});
