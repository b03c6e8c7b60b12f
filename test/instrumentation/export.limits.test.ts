import { expect } from 'vitest';
import { createGuard } from '../../instrumentation/base/guard.ts';
import { Line } from '../../instrumentation/export/connection.ts';
import { createGate } from '../../instrumentation/export/copies.ts';
import type { SendQueue } from '../../instrumentation/export/queue.ts';
import { createOwnOutput } from '../../instrumentation/export/span-batcher.ts';
import type { Transport } from '../../instrumentation/export/types.ts';
import { newIds } from '../../instrumentation/span/ids.ts';
import { listOf } from '../support/attributes.ts';
import { limit } from '../support/limits.ts';
import { tcpServer } from '../support/servers.ts';

/** A queue that remembers what it was given. */
const remembering = (): SendQueue & { readonly bodies: Uint8Array[] } => {
  const bodies: Uint8Array[] = [];
  return {
    bodies,
    push: (body) => bodies.push(body) > 0,
    spans: 0,
    dropped: 0,
    drain: async () => {},
    finish: () => {},
  };
};

limit('ends before the handshake', async () => {
  await using silent = await tcpServer(() => {});
  const line = new Line({ url: new URL(`https://127.0.0.1:${silent.port}/`), timeoutMs: 1000, tls: {} });
  line.open();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(line.finish([Buffer.from('x')], performance.now() + 100)).toBe('unusable');
  line.close();
});

limit('copies before the first answer', async () => {
  const queue = remembering();
  let isOurs: boolean | undefined;
  const transport: Transport = {
    open() {},
    post: async () => ({ kind: 'ok', why: '' }),
    finish: () => 'refused',
    close() {},
    get isOurs() {
      return isOurs;
    },
  };
  const gate = createGate(
    queue,
    () => transport,
    () => false,
  );
  const body = Buffer.from('copy');
  gate.push(body, 1);
  expect(queue.bodies).toEqual([]);
  gate.open();
  isOurs = true;
  await gate.drain();
  expect(queue.bodies).toEqual([body]);
  isOurs = false;
  gate.push(body, 1);
  gate.finish(performance.now() + 100);
  expect(queue.bodies).toEqual([body]);
});

limit('many failures at once', () => {
  const queue = remembering();
  const limits = { valueLength: 100, attributeCount: 10, linkCount: 1, batch: 512, spans: 2048, delayMs: 60_000 };
  const output = createOwnOutput(queue, () => new Map(), limits, createGuard());
  for (let n = 0; n < 100; n++) {
    const ids = { ...newIds(), parentSpanId: undefined, parentIsRemote: false, traceFlags: 1, traceState: '' };
    output.add({ ...ids, name: 'GET', startMs: 1, endMs: 2, failed: true, links: [] }, listOf({}));
  }
  expect(queue.bodies).toHaveLength(8);
  expect(output.pending).toBe(92);
  output.hurry();
  expect(queue.bodies).toHaveLength(9);
});
