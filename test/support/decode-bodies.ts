import { type Decoded, Decoder } from '../../collector/otlp/decoder.ts';
import { Aggregator, type AggregatorOptions, type Batch, Exposition } from '../../src/aggregate/index.ts';
import { parsePage, type Sample } from './exposition.ts';

/** The collector's decoding and counting without its servers. */
export function pipeline({ semconv = false, ...options }: AggregatorOptions & { semconv?: boolean } = {}) {
  const aggregator = new Aggregator(options);
  aggregator.semconv = semconv;
  const exposition = new Exposition(aggregator);
  const { dictionaries } = aggregator;
  let decoder: Decoder | undefined;
  const decode = (body: Uint8Array | string): { batch: Batch; decoded: Decoded } => {
    decoder ??= new Decoder(dictionaries);
    const batch =
      typeof body === 'string'
        ? decoder.decode(new TextEncoder().encode(body), 'json', false)
        : decoder.decode(body, 'protobuf', false);
    return { batch, decoded: decoder.decoded };
  };
  const page = (openMetrics = false, scraper?: string): string =>
    new TextDecoder().decode(exposition.render(openMetrics ? 'openMetrics' : 'text', scraper));
  const samples = (): Sample[] => parsePage(page());
  return {
    page,
    samples,
    aggregator,
    exposition,
    /** Counts a body; throws Malformed. */
    take(body: Uint8Array | string): Decoded {
      const { batch, decoded } = decode(body);
      aggregator.commit(batch);
      return decoded;
    },
    /** Counters and histogram counts, keyed as referenceMetrics does; no zero values. */
    counts(): Map<string, number> {
      const counted = samples().filter((s) => /_total$|_bucket$|_count$/.test(s.name) && s.value !== 0);
      return new Map(counted.map((s) => [`${s.name}${JSON.stringify(Object.entries(s.labels).sort())}`, s.value]));
    },
  };
}
