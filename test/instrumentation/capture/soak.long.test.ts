import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** Calls per client and part; FAULTLAYER_SOAK=60000 makes it 1.2 million calls in all. */
const SIZE = Number(process.env['FAULTLAYER_SOAK'] ?? 3000);
const PARTS = 10;

it('holds no memory per call', async () => {
  const server = createServer((request, response) => {
    request.resume();
    response.statusCode = request.url?.startsWith('/fail') ? 500 : 200;
    response.setHeader('content-type', 'application/json').end('{"error":{"code":"boom"}}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--expose-gc', join(import.meta.dirname, 'matrix/soak.mjs'), base, String(PARTS), String(SIZE)],
    { env: { PATH: process.env['PATH'], CAPTURE_DIST: join(import.meta.dirname, '../../../dist') } },
  );
  server.closeAllConnections();
  server.close();
  const { heap, ended, open, collected } = JSON.parse(stdout) as {
    heap: number[];
    ended: number;
    open: number;
    collected: boolean;
  };
  console.log(`heap after each part, MiB: ${heap.map((bytes) => (bytes / 2 ** 20).toFixed(1)).join(' ')}`);
  expect(ended).toBe(2 * SIZE * PARTS);
  expect(open).toBe(0);
  expect(collected).toBe(true);
  // the first parts fill caches and compile; a leak of 64 bytes a call would show as 6 MiB at a million calls
  const growth = heap.at(-1)! - heap[3]!;
  expect(growth / (2 * SIZE * (PARTS - 4))).toBeLessThan(24);
});
