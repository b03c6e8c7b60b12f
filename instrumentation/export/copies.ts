import type { Guard } from '../base/guard.ts';
import { isThread } from '../base/thread.ts';
import type { AttributeValue } from '../span/record.ts';
import type { Endpoint } from './endpoint.ts';
import { createGate } from './gate.ts';
import { lastWay } from './last-way.ts';
import type { SpanLimits } from './otlp.ts';
import { createOwnOutput, type OwnOutput } from './own.ts';
import type { QueueLimits, SendQueue } from './queue.ts';
import type { Transport } from './types.ts';

/** Takes failures whose spans an SDK of the application's sends: once more from here, and at once. */
export interface Copies extends OwnOutput {
  /** A call has started. */
  open(): void;
  /** As {@link SendQueue.finish}. */
  finish(until: number): void;
}

export function createCopies(
  endpoint: Endpoint,
  queue: SendQueue,
  transport: () => Transport,
  resource: () => ReadonlyMap<string, AttributeValue>,
  limits: SpanLimits & QueueLimits,
  guard: Guard,
): Copies {
  const gate = createGate(queue, transport, (bodies, until) => lastWay(endpoint, bodies, until, true));
  const out = createOwnOutput(gate, resource, limits, guard, isThread());
  return {
    open: () => guard.run('connection', gate.open, undefined),
    add: out.add,
    hurry: out.hurry,
    async flush() {
      await out.flush();
      await gate.drain();
    },
    finish(until) {
      out.hurry();
      gate.finish(until);
    },
    get pending() {
      return out.pending + gate.spans;
    },
    get dropped() {
      return out.dropped;
    },
  };
}
