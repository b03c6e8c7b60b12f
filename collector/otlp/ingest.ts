import { EMPTY_ID } from '../../src/aggregate/dictionary.ts';
import { type Aggregator, type Batch, COLUMN, INTS } from '../../src/aggregate/index.ts';
import type { SelfMetrics } from '../base/own-metrics.ts';
import { Decoder, type FailedRange } from './decoder.ts';
import type { Encoding, Taken } from './signals.ts';

/** Who keeps failed spans; OTLP only says where they stand. */
export interface FailedSpanTaker {
  /** Whether anybody listens. */
  readonly wanted: boolean;
  take(body: Uint8Array, encoding: Encoding, ranges: readonly FailedRange[], batch: Batch): void;
}

const ALL_TAKEN: Taken = { rejected: 0, message: '' };

/** Decodes bodies whole, then counts them: what is damaged counts nothing. */
export function createSpanIngest(aggregator: Aggregator, failed: FailedSpanTaker, self: SelfMetrics) {
  const decoder = new Decoder(aggregator.dictionaries);
  /** Throws Malformed. */
  const take = (body: Uint8Array, encoding: Encoding): Taken => {
    const batch = decoder.decode(body, encoding, failed.wanted);
    const { spans, ignored, rejected } = decoder.decoded;
    self.spans.inc(spans);
    self.counted.inc(batch.rows);
    if (ignored > 0) self.ignored.inc(ignored);
    aggregator.commit(batch);
    // counting has found out by now which spans of other instrumentations failed
    const found = decoder.failed.filter(({ row }) => batch.ints[row * INTS + COLUMN.layer] !== EMPTY_ID);
    if (found.length > 0) failed.take(body, encoding, found, batch);
    if (rejected.invalid_id + rejected.too_many_spans === 0) return ALL_TAKEN;
    let refused = 0;
    const reasons: string[] = [];
    for (const [reason, count] of Object.entries(rejected)) {
      if (count === 0) continue;
      refused += count;
      self.rejected.inc(count, reason);
      reasons.push(
        `${count} ${reason === 'invalid_id' ? 'with an invalid trace or span id' : 'past the number one request may have'}`,
      );
    }
    return { rejected: refused, message: reasons.join(', ') };
  };
  return { take };
}
export type SpanIngest = ReturnType<typeof createSpanIngest>;
