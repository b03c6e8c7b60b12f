import { now } from '../base/now.ts';
import type { Transport, Verdict } from './types.ts';

export interface QueueLimits {
  readonly delayMs: number;
  readonly batch: number;
  readonly spans: number;
}
/** Bytes held at most, whatever the spans weigh. */
const MAX_BYTES = 8 * 1024 * 1024;
/** As the stock exporter: five answers that ask for another try, one second growing by half, ±20 %. */
const TRIES = 5;
const BACKOFF = { firstMs: 1000, factor: 1.5, maxMs: 5000, jitter: 0.2 } as const;
/** A server may ask for a day; the queue would only overflow meanwhile. */
export const MAX_RETRY_AFTER_MS = 60_000;
/** Without a connection (a collector that restarts, no free descriptor) a body is kept so long. */
const UNREACHABLE_MS = 120_000;

/** Milliseconds before try number `tries + 1`; `random` in [0, 1). */
export function backoffMs(tries: number, asked: number | undefined, random: number): number {
  const base = Math.min(BACKOFF.firstMs * BACKOFF.factor ** (tries - 1), BACKOFF.maxMs);
  const wait = Math.max(base, Math.min(asked ?? 0, MAX_RETRY_AFTER_MS));
  return wait * (1 - BACKOFF.jitter + 2 * BACKOFF.jitter * random);
}

interface Item {
  readonly body: Uint8Array;
  readonly count: number;
  /** Holds failures. */
  readonly urgent: boolean;
  readonly since: number;
  /** Nothing more is to be done for it. */
  settled: boolean;
}

export type SendQueue = ReturnType<typeof createQueue>;

/** Sends bodies one after another, urgent ones at once. Nothing in here keeps the process alive. */
export function createQueue(
  transport: () => Transport,
  limits: QueueLimits,
  onProblem: (verdict: Verdict) => void,
  /** The last way, where the transport cannot do it itself; true when all were delivered. */
  sendFromThread: (bodies: readonly Uint8Array[], until: number) => boolean = () => false,
) {
  const items: Item[] = [];
  /** Urgent, in their first try. */
  const first = new Set<Item>();
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

  const post = async ({ body, urgent }: Item): Promise<Verdict> => {
    try {
      const verdict = await transport().post(body, urgent);
      // a kept connection was closed as we wrote
      return verdict.kind === 'lost' ? await transport().post(body, urgent) : verdict;
    } catch {
      // the transport cannot be built from what was configured: told once, and counted as refused
      return { kind: 'refused', why: 'invalid exporter configuration' };
    }
  };
  const settle = (item: Item, delivered: boolean): void => {
    if (item.settled) return;
    item.settled = true;
    spans -= item.count;
    bytes -= item.body.length;
    if (!delivered) dropped += item.count;
  };
  const isFinal = ({ kind }: Verdict, tries: number, since: number, isLast: boolean): boolean =>
    kind === 'refused' || isLast || (kind === 'unreachable' ? now() - since > UNREACHABLE_MS : tries >= TRIES);

  /** Whether it was delivered in the end. */
  const deliver = async (item: Item): Promise<boolean> => {
    for (let tries = 1; ; tries++) {
      if (item.settled) return true;
      // a try that was on its way when the end was announced is not the last one
      const isLast = draining;
      const verdict = await post(item);
      if (verdict.kind === 'ok') return true;
      onProblem(verdict);
      if (isFinal(verdict, tries, item.since, isLast)) return false;
      await pause(draining ? 0 : backoffMs(tries, verdict.retryAfterMs, Math.random()));
    }
  };

  const run = async (): Promise<void> => {
    for (let next = items[0]; next; next = items[0]) {
      const delivered = await deliver(next);
      const at = items.indexOf(next);
      if (at >= 0) items.splice(at, 1);
      settle(next, delivered);
    }
    running = undefined;
  };
  const enqueue = (item: Item, at: number): void => {
    items.splice(at, 0, item);
    running ??= run();
  };
  const sendNow = async (item: Item): Promise<void> => {
    const verdict = await post(item);
    first.delete(item);
    if (item.settled) return;
    if (verdict.kind === 'ok' || verdict.kind === 'refused') settle(item, verdict.kind === 'ok');
    if (verdict.kind === 'ok') return;
    onProblem(verdict);
    // behind the one that is on its way, before all others
    if (verdict.kind !== 'refused') enqueue(item, running ? 1 : 0);
  };

  return {
    /** Takes a finished body of `count` spans; false when there is no room. `urgent`: it holds failures and is written at once. */
    push(body: Uint8Array, count: number, urgent = false): boolean {
      if (spans + count > limits.spans || bytes + body.length > MAX_BYTES) {
        dropped += count;
        return false;
      }
      const item: Item = { body, count, urgent, since: now(), settled: false };
      spans += count;
      bytes += body.length;
      if (urgent) {
        first.add(item);
        void sendNow(item);
      } else enqueue(item, items.length);
      return true;
    },
    /** Spans waiting or on the way. */
    get spans(): number {
      return spans;
    },
    get dropped(): number {
      return dropped;
    },
    /** Resolves when the queue is empty. From now on a failed body is dropped, not tried again. */
    async drain(): Promise<void> {
      draining = true;
      // a first try that fails goes to the others
      while (first.size > 0 || running) {
        hurry?.();
        await (running ?? new Promise((resolve) => setTimeout(resolve, 5).unref()));
      }
      draining = false;
    },
    /** The process ends or freezes: urgent bodies that were not answered are sent synchronously, until `until` (monotonic ms) at most. */
    finish(until: number): void {
      const last = [...first, ...items];
      if (last.length === 0) return;
      const bodies = last.map(({ body }) => body);
      const ending = transport().finish(bodies, until);
      const left = transport().left?.(bodies) ?? bodies;
      // a thread takes time: successes alone are not worth it
      const isWorth = last.some(({ urgent }) => urgent);
      const delivered = ending === 'unusable' ? isWorth && sendFromThread(left, until) : ending === 'answered';
      for (const item of last) settle(item, delivered);
      first.clear();
    },
  };
}
