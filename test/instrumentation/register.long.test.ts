import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeLines } from '../support/node-lines.ts';
import { otlpSink } from '../support/otlp-sink.ts';
import { APPS } from '../support/preload.ts';
import { MODULE_KINDS, PRELOAD_FORMS } from '../support/preload-forms.ts';
import { runNode } from '../support/run-node.ts';
import { httpServer, type Listening } from '../support/servers.ts';

let api: Listening;
let url: string;
const traceparents: unknown[] = [];
beforeAll(async () => {
  api = await httpServer((req, res) => {
    traceparents.push(req.headers['traceparent']);
    res.end('fine');
  });
  url = `http://127.0.0.1:${api.port}`;
});
afterAll(() => api[Symbol.asyncDispose]());

describe.each(nodeLines())('Node $name', ({ node }) => {
  describe.each(Object.entries(PRELOAD_FORMS))('%s', (_name, form) => {
    it.each(MODULE_KINDS)('%s: one span per call, and the application as without us', async (app) => {
      traceparents.length = 0;
      const sink = await otlpSink();
      const bare = await runNode([join(APPS, app), url], { node });
      traceparents.length = 0;
      const ran = await runNode([...form.args, join(APPS, app), url], {
        node,
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...form.env },
      });
      expect(ran).toMatchObject({ code: 0, stdout: bare.stdout, stderr: bare.stderr });
      expect(sink.spans).toHaveLength(2);
      expect(traceparents.toSorted()).toEqual(sink.spans.map((s) => `00-${s.traceId}-${s.spanId}-01`).toSorted());
      await sink.close();
    });
  });
});
