import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { APPS } from '../support/preload.ts';
import { root, runNode } from '../support/run-node.ts';
import { httpServer, tcpServer } from '../support/servers.ts';
import { theilSen } from '../support/theil-sen.ts';

/** `FAULTLAYER_SOAK=1000000` is the run whose figures docs/limits.md states. */
const CALLS = Number(process.env['FAULTLAYER_SOAK'] ?? 80_000);
/** Bytes a call that would be a leak. The smallest real one keeps an object: one of two fields, and its place in a list, are 48 bytes. */
const BOUND = 16;

interface Soak {
  /** Calls made, and bytes of heap and buffers after a collection. */
  readonly samples: [calls: number, bytes: number][];
  readonly faults: number;
  readonly alive: number;
}

async function soak(calls: number, leak: 'yes' | 'no'): Promise<Soak & { slope: number }> {
  await using provider = await httpServer((req, res) => {
    req.resume();
    if (req.url!.startsWith('/hang')) return;
    if (req.url!.startsWith('/drop')) req.socket.destroy();
    else if (req.url!.startsWith('/fail'))
      res.writeHead(503, { 'content-type': 'application/json' }).end('{"error":{"code":"down","message":"later"}}');
    else res.end('fine');
  });
  const nobody = await tcpServer(() => {});
  const refused = `http://127.0.0.1:${nobody.port}`;
  await nobody[Symbol.asyncDispose]();
  let exports = 0;
  await using collector = await httpServer((req, res) => {
    exports++;
    req.resume().on('end', () => res.writeHead(200).end());
  });
  const index = pathToFileURL(join(root, 'dist/instrumentation/index.js')).href;
  const ran = await runNode(
    ['--expose-gc', join(APPS, 'soak.mjs'), `http://127.0.0.1:${provider.port}`, refused, `${calls}`, index],
    {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.port}`,
        OTEL_LOG_LEVEL: 'ERROR',
        FAULTLAYER_SPANS: 'own',
        SOAK_LEAK: leak,
      },
      deadlineMs: 3_600_000,
    },
  );
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(exports).toBeGreaterThan(calls / 1000);
  const result = JSON.parse(ran.stdout) as Soak;
  // the first quarter fills caches and compiles
  const slope = theilSen(result.samples.slice(result.samples.length / 4));
  const mib = result.samples.map(([, bytes]) => (bytes / 2 ** 20).toFixed(1)).join(' ');
  console.log(
    `${calls} calls, leak ${leak}: ${slope.toFixed(1)} bytes a call; MiB: ${mib}; ${Math.round(ran.ms / 1000)} s`,
  );
  return { ...result, slope };
}

it(`${CALLS} calls of every kind: the heap does not grow, nothing of a call is kept`, async () => {
  const { slope, faults, alive } = await soak(CALLS, 'no');
  expect({ faults, alive }).toEqual({ faults: 0, alive: 0 });
  expect(slope).toBeLessThan(BOUND);
});

it('would see a leak of two fields a call', async () => {
  const { slope } = await soak(40_000, 'yes');
  expect(slope).toBeGreaterThan(BOUND);
});
