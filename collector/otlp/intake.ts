import type { Aggregator } from '../../src/aggregate/index.ts';
import type { FailedSpans } from '../failed-spans.ts';
import type { SelfMetrics } from '../self.ts';
import { Decoder } from './decoder.ts';
import { emitJson, JsonDecoder } from './json.ts';
import type { Encoding } from './respond.ts';

export interface Intake {
  readonly rejected: number;
  readonly message: string;
}

const ALL_TAKEN: Intake = { rejected: 0, message: '' };

/** Decodes bodies whole, then counts them: what is damaged counts nothing. */
export class SpanIntake {
  private readonly decoder: Decoder;
  private readonly json: JsonDecoder;
  private readonly aggregator: Aggregator;
  private readonly failed: FailedSpans;
  private readonly self: SelfMetrics;

  constructor(aggregator: Aggregator, failed: FailedSpans, self: SelfMetrics) {
    this.aggregator = aggregator;
    this.failed = failed;
    this.self = self;
    this.decoder = new Decoder(aggregator.dictionaries);
    this.json = new JsonDecoder(aggregator.dictionaries);
  }

  /** Throws Malformed. */
  take(body: Uint8Array, encoding: Encoding): Intake {
    const { decoder, json, failed } = this;
    decoder.sink.wantFailed = json.sink.wantFailed = failed.wanted;
    const { sink } = encoding === 'protobuf' ? decoder : json;
    const batch = encoding === 'protobuf' ? decoder.protobuf(body) : json.decode(body);
    const { spans, ignored, rejected } = sink.decoded;
    this.self.spans.inc(spans);
    this.self.counted.inc(batch.rows);
    if (ignored > 0) this.self.ignored.inc(ignored);
    this.aggregator.commit(batch);
    if (sink.failed.length > 0)
      if (encoding === 'protobuf') failed.ranges(body, sink.failed, batch);
      else emitJson(failed, body, sink.failed, batch);
    if (rejected.invalid_id + rejected.too_many_spans === 0) return ALL_TAKEN;
    let refused = 0;
    const reasons: string[] = [];
    for (const [reason, count] of Object.entries(rejected)) {
      if (count === 0) continue;
      refused += count;
      this.self.rejected.inc({ reason }, count);
      reasons.push(
        `${count} ${reason === 'invalid_id' ? 'with an invalid trace or span id' : 'past the number one request may have'}`,
      );
    }
    return { rejected: refused, message: reasons.join(', ') };
  }
}
