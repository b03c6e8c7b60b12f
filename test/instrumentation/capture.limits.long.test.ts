import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect } from 'vitest';
import { limit } from '../support/limits.ts';
import { nodeLines } from '../support/node-lines.ts';
import { otlpSink } from '../support/otlp-sink.ts';
import { preloaded } from '../support/preload.ts';
import { root, runNode } from '../support/run-node.ts';
import { listening } from '../support/servers.ts';

/** Limits of older Node lines, and of somebody else's SDK. */
const folder = mkdtempSync(join(tmpdir(), 'faultlayer-limits-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const program = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

limit('HTTP/2 before Node 22.17', async () => {
  const server = createServer().on('stream', (stream) => {
    stream.respond({ ':status': 503 });
    stream.end();
  });
  await using listener = await listening(server as never);
  const app = program(
    'http2.mjs',
    `import http2 from 'node:http2';
     const session = http2.connect('http://127.0.0.1:${listener.port}');
     session.request({ ':path': '/' }).on('close', () => session.close()).resume().end();`,
  );
  for (const { name, node } of nodeLines()) {
    const sink = await otlpSink();
    const ran = await runNode(preloaded(app), { node, env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url } });
    expect([name, ran.code, ran.stderr]).toEqual([name, 0, '']);
    expect([name, sink.spans.length]).toEqual([name, name.startsWith('v22.15.') ? 0 : 1]);
    await sink.close();
  }
});

limit('connect on older Node 22', async () => {
  const index = pathToFileURL(join(root, 'dist/instrumentation/index.js')).href;
  const app = program(
    'connect.mjs',
    `import net from 'node:net';
     const { start } = await import('${index}');
     const before = net.Socket.prototype.connect;
     const handle = start();
     console.log(net.Socket.prototype.connect === before);
     await handle.stop();
     console.log(net.Socket.prototype.connect === before);`,
  );
  for (const { name, node } of nodeLines()) {
    const { stdout } = await runNode([app], { node, env: { OTEL_TRACES_EXPORTER: 'none' } });
    expect([name, stdout]).toEqual([name, name.startsWith('v22.15.') ? 'false\ntrue\n' : 'true\ntrue\n']);
  }
});
