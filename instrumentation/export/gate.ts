import type { SendQueue } from './queue.ts';
import type { Transport } from './types.ts';

/** An ExportTraceServiceRequest without spans, which every OTLP receiver answers. */
const EMPTY = new Uint8Array(0);
/** Bodies held until the receiver has said what it is. */
const HELD = 16;

export interface Gate extends SendQueue {
  /** Has the receiver asked what it is, on a connection made now; once it has said so, only the connection is made. */
  open(): void;
}

/**
 * Lets bodies through to a collector of ours, and to no other: they repeat spans that the application's own exporter sends, and only our
 * collector counts the two once. It says in its answers what it is; until the first of them bodies are held.
 */
export function createGate(
  queue: SendQueue,
  transport: () => Transport,
  lastWay: (bodies: readonly Uint8Array[], until: number) => boolean,
): Gate {
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
    open() {
      const ours = isOurs();
      if (ours === true) transport().open();
      else if (ours === undefined) asking ??= ask();
    },
    push(body, count) {
      if (isOurs() === true) return queue.push(body, count, true);
      if (isOurs() === undefined) held.push({ body, count });
      if (held.length > HELD) held.shift();
      return true;
    },
    finish(until) {
      if (held.length === 0 || isOurs() === false) return;
      const ending = transport().finish([EMPTY], until);
      // over TLS something has come, but only the event loop could read it
      if (isOurs() === undefined && (ending === 'unusable' || ending === 'answered'))
        lastWay(
          held.map(({ body }) => body),
          until,
        );
      release();
    },
    get spans() {
      return held.reduce((sum, { count }) => sum + count, 0);
    },
    async drain() {
      await asking;
    },
    dropped: 0,
  };
}
