import type { Transport, Verdict } from './transport.ts';

export interface QueueLimits {
  readonly delayMs: number;
  readonly batch: number;
  readonly spans: number;
}
/** Bytes held at most, whatever the spans weigh. */
const MAX_BYTES = 8 * 1024 * 1024;
/** As the stock exporter: five tries, one second growing by half, ±20 %. */
const TRIES = 5;
const BACKOFF = { firstMs: 1000, factor: 1.5, maxMs: 5000, jitter: 0.2 } as const;
/** A server may ask for a day; the queue would only overflow meanwhile. */
export const MAX_RETRY_AFTER_MS = 60_000;

/** Milliseconds before try number `tries + 1`; `random` in [0, 1). */
export function backoffMs(tries: number, asked: number | undefined, random: number): number {
  const base = Math.min(BACKOFF.firstMs * BACKOFF.factor ** (tries - 1), BACKOFF.maxMs);
  const wait = Math.max(base, Math.min(asked ?? 0, MAX_RETRY_AFTER_MS));
  return wait * (1 - BACKOFF.jitter + 2 * BACKOFF.jitter * random);
}

export interface SendQueue {
  /** Takes a finished body of `count` spans; false when there is no room. */
  push(body: Uint8Array, count: number): boolean;
  /** Spans waiting or on the way. */
  readonly spans: number;
  /** Resolves when the queue is empty. From now on a failed body is dropped, not tried again. */
  drain(): Promise<void>;
  readonly dropped: number;
}

/** Sends bodies one after another. Nothing in here keeps the process alive. */
export function createQueue(
  transport: () => Transport,
  limits: QueueLimits,
  onProblem: (verdict: Verdict) => void,
): SendQueue {
  const bodies: { body: Uint8Array; count: number }[] = [];
  let spans = 0;
  let bytes = 0;
  let dropped = 0;
  let running: Promise<void> | undefined;
  let hurry: (() => void) | undefined;
  let draining = false;

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const post = async (body: Uint8Array): Promise<Verdict> => {
    try {
      return await transport().post(body);
    } catch {
      return { kind: 'refused', why: 'invalid exporter configuration' };
    }
  };

  const deliver = async (body: Uint8Array, count: number): Promise<void> => {
    for (let tries = 1; ; tries++) {
      const verdict = await post(body);
      if (verdict.kind === 'ok') return;
      onProblem(verdict);
      if (verdict.kind === 'refused' || tries >= TRIES || draining) {
        dropped += count;
        return;
      }
      await pause(backoffMs(tries, verdict.retryAfterMs, Math.random()));
    }
  };

  const run = async (): Promise<void> => {
    for (let next = bodies[0]; next; next = bodies[0]) {
      await deliver(next.body, next.count);
      bodies.shift();
      spans -= next.count;
      bytes -= next.body.length;
    }
    running = undefined;
  };

  return {
    push(body, count) {
      if (spans + count > limits.spans || bytes + body.length > MAX_BYTES) {
        dropped += count;
        return false;
      }
      bodies.push({ body, count });
      spans += count;
      bytes += body.length;
      running ??= run();
      return true;
    },
    get spans() {
      return spans;
    },
    get dropped() {
      return dropped;
    },
    async drain() {
      draining = true;
      hurry?.();
      await running;
      draining = false;
    },
  };
}
