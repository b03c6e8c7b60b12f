import type { Guard } from '../base/guard.ts';
import type { AttributeValue } from '../span/record.ts';
import type { Endpoint } from './endpoint.ts';
import { sendFromThread } from './exit-worker.ts';
import type { SpanLimits } from './otlp.ts';
import type { QueueLimits, SendQueue } from './queue.ts';
import { createOwnOutput } from './span-batcher.ts';
import type { Transport } from './types.ts';

export type Copies = ReturnType<typeof createCopies>;

/** Takes failures whose spans an SDK of the application's sends: once more from here, and at once. */
export function createCopies(
  endpoint: Endpoint,
  queue: SendQueue,
  transport: () => Transport,
  resource: () => ReadonlyMap<string, AttributeValue>,
  limits: SpanLimits & QueueLimits,
  guard: Guard,
) {
  const gate = createGate(queue, transport, (bodies, until) => sendFromThread(endpoint, bodies, until, true));
  const out = createOwnOutput(gate, resource, limits, guard);
  return {
    /** A call has started. */
    open: (): void => guard.run('connection', gate.open, undefined),
    add: out.add,
    async flush(): Promise<void> {
      await out.flush();
      await gate.drain();
    },
    /** As the queue's. */
    finish(until: number): void {
      out.hurry();
      gate.finish(until);
    },
    get pending(): number {
      return out.pending + gate.spans;
    },
  };
}

/** An ExportTraceServiceRequest without spans, which every OTLP receiver answers. */
const EMPTY = new Uint8Array(0);
/** Bodies held until the receiver has said what it is. */
const HELD = 16;

/**
 * Lets bodies through to a collector of ours, and to no other: they repeat spans that the application's own exporter sends, and only our
 * collector counts the two once. It says in its answers what it is; until the first of them bodies are held.
 */
export function createGate(
  queue: Pick<SendQueue, 'push'>,
  transport: () => Pick<Transport, 'isOurs' | 'open' | 'post' | 'finish'>,
  sendFromThread: (bodies: readonly Uint8Array[], until: number) => boolean,
) {
  let asking: Promise<void> | undefined;
  let held: { readonly body: Uint8Array; readonly count: number }[] = [];
  const isOurs = (): boolean | undefined => transport().isOurs;
  const release = (): void => {
    const waiting = held;
    held = [];
    if (isOurs()) for (const { body, count } of waiting) queue.push(body, count, true);
  };
  const ask = async (): Promise<void> => {
    await transport().post(EMPTY, true);
    asking = undefined;
    if (isOurs() !== undefined) release();
  };
  return {
    /** Has the receiver asked what it is, on a connection made now; once it has said so, only the connection is made. */
    open(): void {
      const ours = isOurs();
      if (ours === true) transport().open();
      else if (ours === undefined) asking ??= ask();
    },
    push(body: Uint8Array, count: number): boolean {
      if (isOurs() === true) return queue.push(body, count, true);
      if (isOurs() === undefined) held.push({ body, count });
      if (held.length > HELD) held.shift();
      return true;
    },
    finish(until: number): void {
      if (held.length === 0 || isOurs() === false) return;
      const ending = transport().finish([EMPTY], until);
      // over TLS something has come, but only the event loop could read it
      if (isOurs() === undefined && (ending === 'unusable' || ending === 'answered'))
        sendFromThread(
          held.map(({ body }) => body),
          until,
        );
      release();
    },
    get spans(): number {
      return held.reduce((sum, { count }) => sum + count, 0);
    },
    async drain(): Promise<void> {
      await asking;
    },
  };
}
