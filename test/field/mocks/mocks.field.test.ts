import { afterAll, beforeAll, expect, it } from 'vitest';
import { otlpSink } from '../../support/otlp-sink.ts';
import { fieldApp } from '../../support/packed.ts';
import { runNode } from '../../support/run-node.ts';
import { httpServer, type Listening } from '../../support/servers.ts';

let cwd: string;
let api: Listening;
beforeAll(async () => {
  cwd = fieldApp('mocks');
  api = await httpServer((_, res) => res.writeHead(404).end());
});
afterAll(() => api[Symbol.asyncDispose]());

/** A mock that takes the place of sockets makes calls of what it answers. */
it.each([
  ['msw', 8],
  ['nock', 4],
  ['sinon', 2],
])('a test under %s runs as without us, and every call arrives once', async (name, calls) => {
  const sink = await otlpSink();
  const env = { URL: `http://127.0.0.1:${api.port}` };
  const bare = await runNode([`apps/${name}.mjs`], { cwd, env });
  const ours = await runNode(['--require', 'faultlayer/register', `apps/${name}.mjs`], {
    cwd,
    env: { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
  });
  const { code, stdout, stderr } = bare;
  expect(code, stderr).toBe(0);
  // msw warns of each unknown request, with its address
  expect(ours).toMatchObject({ code, stdout, stderr });
  await sink.waitForSpans(calls);
  expect(sink.spans).toHaveLength(calls);
  await sink.close();
});
