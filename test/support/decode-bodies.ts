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
  const { dictionaries } = aggregator;
  let json: JsonDecoder | undefined;
  let protobuf: ProtobufDecoder | undefined;
  const decoderOf = (body: Uint8Array | string): JsonDecoder | ProtobufDecoder => {
    if (typeof body === 'string') json ??= new JsonDecoder(dictionaries, new Batch(4));
    else protobuf ??= new ProtobufDecoder(dictionaries);
    return (typeof body === 'string' ? json : protobuf)!;
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
      const decoder = decoderOf(body);
      aggregator.commit(decoder.decode(typeof body === 'string' ? new TextEncoder().encode(body) : body));
      return decoder.sink.decoded;
    },
    /** Counters and histogram counts, keyed as referenceMetrics does; no zero values. */
    counts(): Map<string, number> {
      const counted = samples().filter((s) => /_total$|_bucket$|_count$/.test(s.name) && s.value !== 0);
      return new Map(counted.map((s) => [`${s.name}${JSON.stringify(Object.entries(s.labels).sort())}`, s.value]));
    },
  };
}
