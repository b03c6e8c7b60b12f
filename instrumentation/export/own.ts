import type { Guard } from '../base/guard.ts';
import type { AttributeList } from '../span/list.ts';
import type { AttributeValue, OwnSpanHead } from '../span/record.ts';
import { Bytes } from './bytes.ts';
import { createEnvelope } from './envelope.ts';
import { type SpanLimits, writeSpan } from './otlp.ts';
import type { QueueLimits, SendQueue } from './queue.ts';

/** Where finished spans go. */
export interface SpanOutput {
  /** The attributes are read at once: the list is used again. */
  add(span: OwnSpanHead, attributes: AttributeList): void;
  /** Hands everything over; resolves when it has left or has failed for good. */
  flush(): Promise<void>;
  /** Spans not yet delivered. */
  readonly pending: number;
  /** Spans lost: no room, refused, or given up. */
  readonly dropped: number;
}

const SPAN_TAG = 0x12;

/** Own spans become bytes when they end; what waits for the next export holds no reference into the application. */
export function createOwnOutput(
  queue: SendQueue,
  resource: () => ReadonlyMap<string, AttributeValue>,
  limits: SpanLimits & QueueLimits,
  guard: Guard,
): SpanOutput {
  const spans = new Bytes(32 * 1024);
  let envelope: ReturnType<typeof createEnvelope> | undefined;
  let count = 0;
  let refused = 0;
  let timer: NodeJS.Timeout | undefined;

  const close = () => {
    clearTimeout(timer);
    timer = undefined;
    if (count === 0) return;
    const body = guard.run(
      'export',
      () => {
        envelope ??= createEnvelope(resource());
        return envelope(spans.buffer.subarray(0, spans.length));
      },
      undefined,
    );
    if (body) queue.push(body, count);
    else refused += count;
    spans.length = 0;
    count = 0;
  };

  return {
    add(span, attributes) {
      if (count + queue.spans >= limits.spans) {
        refused++;
        return;
      }
      const start = spans.length;
      try {
        spans.reserve(8);
        spans.byte(SPAN_TAG);
        const from = spans.open();
        writeSpan(spans, span, attributes, limits);
        spans.close(from);
      } catch (error) {
        // half a span would cost the whole body
        spans.length = start;
        refused++;
        throw error;
      }
      if (++count >= limits.batch) close();
      else if (timer === undefined) {
        timer = setTimeout(close, limits.delayMs);
        timer.unref();
      }
    },
    async flush() {
      close();
    },
    get pending() {
      return count;
    },
    get dropped() {
      return refused;
    },
  };
}
