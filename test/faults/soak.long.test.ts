import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { otlpSink } from '../support/otlp-sink.ts';
import { APPS } from '../support/preload.ts';
import { root, runNode } from '../support/run-node.ts';

const CALLS = 100_000;
interface Sample {
  readonly calls: number;
  readonly heap: number;
  readonly external: number;
}

it(`${CALLS} calls, good, failing, dropped, unread and retried: the heap does not grow, nothing of a call is kept`, async () => {
  const sink = await otlpSink((_req, res) => {
    sink.spans.length = 0; // the sink must not be what grows
    sink.requests.length = 0;
    res.writeHead(200).end();
  });
  const index = pathToFileURL(join(root, 'dist/instrumentation/index.js')).href;
  const ran = await runNode(['--expose-gc', join(APPS, 'soak.mjs'), `${CALLS}`, index], {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_BSP_SCHEDULE_DELAY: '200', OTEL_LOG_LEVEL: 'ERROR' },
    deadlineMs: 600_000,
  });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  const { samples, faults, alive } = JSON.parse(ran.stdout) as { samples: Sample[]; faults: number; alive: number };
  expect(faults).toBe(0);
  expect(alive).toBe(0);
  // the last half against the half before: a leak of 200 bytes per call would show as 7 MiB
  const half = samples.length / 2;
  const mean = (list: Sample[]) => list.reduce((sum, s) => sum + s.heap + s.external, 0) / list.length;
  const growth = mean(samples.slice(half)) - mean(samples.slice(half / 2, half));
  expect(growth / 1024 / 1024).toBeLessThan(4);
  await sink.close();
});
