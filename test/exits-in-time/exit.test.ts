import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT_BUDGET_MS } from '../../instrumentation/lifecycle.ts';
import { otlpSink } from '../support/otlp-sink.ts';
import { APPS, preloaded } from '../support/preload.ts';
import { runNode } from '../support/run-node.ts';
import { httpServer, type Listening, tcpServer } from '../support/servers.ts';

const calls = join(APPS, 'calls.mjs');
let api: Listening;
let url: string;
beforeAll(async () => {
  api = await httpServer((_req, res) => res.end('fine'));
  url = `http://127.0.0.1:${api.port}`;
});
afterAll(() => api[Symbol.asyncDispose]());

/** A port nobody listens on. */
async function closedPort(): Promise<number> {
  const server = await tcpServer(() => {});
  await server[Symbol.asyncDispose]();
  return server.port;
}
const to = (port: number) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });

// A loaded machine makes every process slower, so time is compared with the same application without the preload, and tried again: what holds
// an application too long does so each time.
const within = (ms: number, bare: number) => expect(ms - bare).toBeLessThan(1000 + bare);

describe('the process ends as it would without us', { retry: 2 }, () => {
  it('when the collector refuses: same output, same code, one line on stderr at most', async () => {
    const bare = await runNode([calls, url, '3']);
    const ran = await runNode(preloaded(calls, url, '3'), { env: to(await closedPort()) });
    expect(ran).toMatchObject({ code: bare.code, signal: bare.signal, stdout: bare.stdout });
    expect(ran.stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^faultlayer: spans cannot be sent .*ECONNREFUSED/),
    ]);
    within(ran.ms, bare.ms);
  });

  it('within a second when the collector accepts and never answers', async () => {
    await using silent = await tcpServer(() => {});
    const bare = await runNode([calls, url]);
    const ran = await runNode(preloaded(calls, url), { env: to(silent.port) });
    expect(ran).toMatchObject({ code: 0, stdout: bare.stdout, stderr: '' });
    expect(ran.ms).toBeGreaterThan(EXIT_BUDGET_MS); // it did wait for the answer, for a while
    within(ran.ms, bare.ms);
  });

  it('within a second when the collector keeps asking for another try', async () => {
    const sink = await otlpSink((_req, res) => void res.writeHead(503, { 'retry-after': '99999999' }).end());
    const bare = await runNode([calls, url]);
    const ran = await runNode(preloaded(calls, url), { env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url } });
    expect(ran).toMatchObject({ code: 0, stdout: bare.stdout });
    expect(sink.requests.length).toBeGreaterThanOrEqual(1);
    within(ran.ms, bare.ms);
    await sink.close();
  });

  it('with its own exit code on process.exit, at once', async () => {
    await using silent = await tcpServer(() => {});
    const ran = await runNode(preloaded(calls, url, '1', 'exit'), { env: to(silent.port) });
    const bare = await runNode([calls, url, '1', 'exit']);
    expect(ran).toMatchObject({ code: 3, stdout: bare.stdout, stderr: '' });
    within(ran.ms, bare.ms);
  });

  it('by the signal: SIGTERM without a handler is not swallowed', async () => {
    await using silent = await tcpServer(() => {});
    const ran = await runNode(preloaded(calls, url, '1', 'wait'), {
      env: to(silent.port),
      onStdout: (text, kill) => {
        if (text.includes('ready')) kill('SIGTERM');
      },
    });
    expect(ran).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
  });

  it('with the application’s own uncaught error and its code', async () => {
    const sink = await otlpSink();
    const ran = await runNode(preloaded(calls, url, '1', 'throw'), { env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url } });
    const bare = await runNode([calls, url, '1', 'throw']);
    expect(ran).toMatchObject({ code: bare.code, stdout: bare.stdout, stderr: bare.stderr });
    await sink.close();
  });

  it.each(['exit', 'throw'])('with its successes delivered: %s', async (end) => {
    const sink = await otlpSink();
    await runNode(preloaded(calls, url, '5', end), { env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url } });
    await sink.waitForSpans(10);
    await sink.close();
  });

  it('and its own beforeExit comes once', async () => {
    const sink = await otlpSink();
    const ran = await runNode(preloaded(calls, url, '1', 'beforeExit'), {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
    });
    expect(ran).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^[^b]*beforeExit\n$/) });
    await sink.waitForSpans(2);
    await sink.close();
  });

  it('with every span delivered when the collector is well', async () => {
    const sink = await otlpSink();
    const ran = await runNode(preloaded(calls, url, '20'), { env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url } });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(sink.spans).toHaveLength(40);
    await sink.close();
  });
});
