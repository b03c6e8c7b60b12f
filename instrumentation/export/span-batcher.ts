import type { Guard } from '../base/guard.ts';
import { now } from '../base/now.ts';
import type { AttributeList } from '../span/list.ts';
import type { AttributeValue, SpanHead } from '../span/record.ts';
import { Bytes } from './bytes.ts';
import { requestOf, type SpanLimits, writeSpan } from './otlp.ts';
import type { QueueLimits, SendQueue } from './queue.ts';

/** Where finished spans go. */
export type SpanOutput = ReturnType<typeof createOwnOutput>;

const SPAN_TAG = 0x12;

/** Failures after the first wait so long for others, ms; the longer after a wait in which many came. */
const COALESCE_MS = { quiet: 250, busy: 1000 } as const;
const MANY = 64;
/**
 * Failures that go out at once in such a time. A thread's event loop may be blocked between its tasks (`Atomics.wait`) and its timers then
 * never fire.
 */
const AT_ONCE = { main: 8, thread: 32 } as const;
/** What a thread may not do is marked: the main thread is spared the loading of worker_threads. */
const isThread = (): boolean => (process.chdir as { disabled?: boolean }).disabled === true;

/** Spans as bytes, until they are sent; what waits holds no reference into the application. */
class Waiting {
  private readonly bytes: Bytes;
  private readonly send: (spans: Uint8Array, count: number, rush: boolean) => void;
  private timer: NodeJS.Timeout | undefined;
  count = 0;

  constructor(size: number, send: (spans: Uint8Array, count: number, rush: boolean) => void) {
    this.bytes = new Bytes(size);
    this.send = send;
  }

  write(span: SpanHead, attributes: AttributeList, limits: SpanLimits): void {
    const { bytes } = this;
    const start = bytes.length;
    try {
      writeSpan(bytes, SPAN_TAG, span, attributes, limits);
      this.count++;
    } catch (error) {
      // half a span would cost the whole body
      bytes.length = start;
      throw error;
    }
  }

  sendIn(ms: number): void {
    if (this.timer === undefined) this.timer = setTimeout(() => this.close(), ms).unref();
  }

  close(rush = false): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { count } = this;
    if (count === 0) return;
    this.count = 0;
    this.send(this.bytes.written, count, rush);
    this.bytes.length = 0;
  }
}

/** Own spans become bytes when they end. Failures leave in the very turn, but together where there are many; successes in batches. */
export function createOwnOutput(
  queue: Pick<SendQueue, 'push' | 'spans'>,
  resource: () => ReadonlyMap<string, AttributeValue>,
  limits: SpanLimits & QueueLimits,
  guard: Guard,
) {
  let refused = 0;
  const sender = (urgent: boolean) => (spans: Uint8Array, count: number, rush: boolean) => {
    const body = guard.run('export', () => requestOf(resource(), spans), undefined);
    if (body) queue.push(body, count, urgent || rush);
    else refused += count;
  };
  const calm = new Waiting(32 * 1024, sender(false));
  const urgent = new Waiting(8 * 1024, sender(true));
  /** Since when, and how many failures have come since. */
  let since = Number.NEGATIVE_INFINITY;
  let came = 0;
  let window: number = COALESCE_MS.quiet;
  const atOnce = AT_ONCE[isThread() ? 'thread' : 'main'];

  const sendSoon = (waiting: Waiting): void => {
    const at = now();
    if (at - since >= window) {
      window = came >= MANY ? COALESCE_MS.busy : COALESCE_MS.quiet;
      since = at;
      came = 0;
    }
    if (++came <= atOnce || waiting.count >= limits.batch) waiting.close();
    else waiting.sendIn(since + window - at);
  };

  return {
    /** The attributes are read at once: the list is used again. A failure goes out at once, and so does what is urgent otherwise. */
    add(span: SpanHead, attributes: AttributeList, isUrgent = span.failed): void {
      const all = calm.count + urgent.count + queue.spans;
      if (all >= limits.spans) {
        refused++;
        return;
      }
      try {
        if (isUrgent) {
          urgent.write(span, attributes, limits);
          sendSoon(urgent);
          return;
        }
        calm.write(span, attributes, limits);
      } catch (error) {
        refused++;
        throw error;
      }
      if (calm.count >= limits.batch) calm.close();
      else calm.sendIn(limits.delayMs);
    },
    /** Hands over what is urgent; with `all`, everything, as urgent. */
    hurry(all = false): void {
      urgent.close();
      calm.close(all);
    },
    async flush(): Promise<void> {
      urgent.close();
      calm.close();
    },
    /** Spans not yet handed over. */
    get pending(): number {
      return calm.count + urgent.count;
    },
    /** Spans lost: no room, or not to be written. */
    get dropped(): number {
      return refused;
    },
  };
}
