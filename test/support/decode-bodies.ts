import { JsonDecoder } from '../../collector/otlp/json.ts';
import { ProtobufDecoder } from '../../collector/otlp/protobuf.ts';
import type { Decoded } from '../../collector/otlp/sink.ts';
import { Aggregator, type AggregatorOptions, Batch, Exposition } from '../../src/aggregate/index.ts';
import { layerOfStatus } from '../../src/layers/answer.ts';
import { parsePage, type Sample } from './exposition.ts';

/** The collector's decoding and counting without its servers. */
export function pipeline(options: AggregatorOptions = {}) {
  const aggregator = new Aggregator({ layerOf: layerOfStatus, ...options });
  const exposition = new Exposition(aggregator);
  const batch = new Batch(4);
  const decoders = {
    protobuf: new ProtobufDecoder(aggregator.dictionaries),
    json: new JsonDecoder(aggregator.dictionaries),
  };
  const page = (openMetrics = false, scraper?: string): string =>
    new TextDecoder().decode(exposition.render(openMetrics, scraper));
  const samples = (): Sample[] => parsePage(page());
  return {
    page,
    samples,
    aggregator,
    exposition,
    /** Counts a body; throws Malformed. */
    take(body: Uint8Array | string): Decoded {
      const decoder = typeof body === 'string' ? decoders.json : decoders.protobuf;
      decoder.decode(typeof body === 'string' ? new TextEncoder().encode(body) : body, batch);
      aggregator.commit(batch);
      return decoder.sink.decoded;
    },
    /** Counters and histogram counts, keyed as referenceMetrics does; no zero values. */
    counts(): Map<string, number> {
      const counted = samples().filter((s) => /_total$|_bucket$|_count$/.test(s.name) && s.value !== 0);
      return new Map(counted.map((s) => [`${s.name}${JSON.stringify(Object.entries(s.labels).sort())}`, s.value]));
    },
  };
}
