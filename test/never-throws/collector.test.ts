import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { otlpSink } from '../support/otlp-sink.ts';
import { APPS, preloaded } from '../support/preload.ts';
import { root, runNode } from '../support/run-node.ts';
import { httpServer, type Listening, listening, tcpServer } from '../support/servers.ts';

const MIB = 1024 * 1024;
const calls = join(APPS, 'calls.mjs');
let api: Listening;
let url: string;
beforeAll(async () => {
  api = await httpServer((_req, res) => res.end('fine'));
  url = `http://127.0.0.1:${api.port}`;
});
afterAll(() => api[Symbol.asyncDispose]());

const flood = join(APPS, 'flood.mjs');
const index = pathToFileURL(join(root, 'dist/instrumentation/index.js')).href;
const grow = async (endpoint: string, count: number) => {
  const ran = await runNode(['--expose-gc', flood, url, `${count}`, index], {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_BSP_SCHEDULE_DELAY: '50', OTEL_LOG_LEVEL: 'ERROR' },
    deadlineMs: 60_000,
  });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(ran.stdout) as { heap: number; external: number; rss: number; dropped: number; faults: number };
};

it('a dead collector costs bounded memory, and what is lost is counted', async () => {
  await using dead = await tcpServer((socket) => socket.destroy());
  const grown = await grow(`http://127.0.0.1:${dead.port}`, 8000);
  expect(grown.faults).toBe(0);
  expect(grown.dropped).toBeGreaterThan(2000);
  expect(grown.heap).toBeLessThan(12 * MIB);
  // queue of 8 MiB, and what is being written
  expect(grown.external).toBeLessThan(16 * MIB);
});

it('an answer of 300 MiB is not read', async () => {
  let most = 0;
  const chunk = Buffer.alloc(MIB);
  const endless: RequestListener = (req, res) => {
    let sent = 0;
    req.resume();
    res.writeHead(200, { 'content-length': 300 * MIB });
    const push = () => {
      while (!res.destroyed && sent < 300 * MIB) {
        sent += MIB;
        most = Math.max(most, sent);
        if (!res.write(chunk)) return void res.once('drain', push);
      }
    };
    push();
  };
  await using hostile = await listening(createServer(endless));
  const grown = await grow(`http://127.0.0.1:${hostile.port}`, 3000);
  expect(grown.rss).toBeLessThan(64 * MIB);
  // what the kernel's buffers took before the connection was closed
  expect(most).toBeLessThan(64 * MIB);
});

describe.each<[string, RequestListener]>([
  ['418 with JSON that is none', (_q, s) => void s.writeHead(418, { 'content-type': 'application/json' }).end('{oops')],
  [
    '200 with garbage',
    (_q, s) => void s.writeHead(200, { 'content-type': 'text/html; charset=x' }).end('\0\xff<html>'),
  ],
  [
    'a gzip bomb',
    (_q, s) => void s.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(20 * MIB))),
  ],
  [
    'a loop of 100 Continue',
    (_q, s) => {
      for (let i = 0; i < 50; i++) s.writeContinue();
      s.end();
    },
  ],
  ['a hang-up', (q) => void q.socket.destroy()],
  ['an early answer', (_q, s) => void s.writeHead(500).end()],
])('a collector that answers with %s', (_name, answer) => {
  // compares times: tried again, because a machine may be busy just then
  it('changes nothing for the application', { retry: 2 }, async () => {
    const sink = await otlpSink(answer);
    const bare = await runNode([calls, url]);
    const ran = await runNode(preloaded(calls, url), { env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url } });
    expect(ran).toMatchObject({ code: 0, stdout: bare.stdout });
    expect(ran.stderr.split('\n').length).toBeLessThanOrEqual(2);
    expect(ran.ms - bare.ms).toBeLessThan(1000 + bare.ms);
    expect(sink.requests.length).toBeGreaterThan(0);
    await sink.close();
  });
});

it('a redirect is not followed, and no credential goes elsewhere', async () => {
  const other = await otlpSink();
  const sink = await otlpSink((_req, res) => void res.writeHead(307, { location: `${other.url}/v1/traces` }).end());
  await runNode(preloaded(calls, url), {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20s3cr3t' },
  });
  expect(sink.requests[0]!.headers.authorization).toBe('Bearer s3cr3t');
  expect(other.requests).toEqual([]);
  await Promise.all([sink.close(), other.close()]);
});

it('our own exports are never traced, not even beside an application that calls the same host', async () => {
  const sink = await otlpSink();
  const ran = await runNode(preloaded(calls, sink.url, '2'), {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1' },
  });
  expect(ran.code).toBe(0);
  expect(sink.spans).toHaveLength(4);
  expect(sink.requests.filter((r) => r.path === '/v1/traces').length).toBeGreaterThanOrEqual(3);
  for (const r of sink.requests.filter((r) => r.path === '/v1/traces'))
    expect(r.headers['traceparent']).toBeUndefined();
  await sink.close();
});
