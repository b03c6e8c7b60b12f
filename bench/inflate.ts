/**
 * CPU per span of inflating gzip bodies: the collector's own inflater beside zlib.gunzipSync with the room the trailer asks for, and the
 * inflater's checksum beside zlib.crc32; interleaved, medians over rounds.
 *
 *   node bench/inflate.ts [rounds=40]
 */
import { crc32, gzipSync } from 'node:zlib';
import { byZlib, discard } from '../collector/otlp/inflate.ts';
import { Inflater } from '../collector/otlp/inflater.ts';
import { jsonBody, protobufBody, seeded, typicalBody } from '../test/support/otlp-spans.ts';

const rounds = Number(process.argv[2] ?? 40);
const SPANS_PER_RUN = 8192;
const WARM_UP = 8;
const LIMIT = 20 * 1024 * 1024;

const inflater = new Inflater();
const VARIANTS: Readonly<Record<string, (zipped: Buffer) => void>> = {
  inflater: (zipped) => {
    if (!inflater.inflate(zipped, LIMIT)) throw new Error('an ordinary body was left to zlib');
  },
  gunzipSync: (zipped) => discard(byZlib(zipped, LIMIT)),
};

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const random = seeded(42);
process.stdout.write('µs per span       inflater  gunzipSync  ratio   of which zlib.crc32 would take\n');
for (const spans of [4096, 512, 32, 1]) {
  for (const [encoding, encode] of Object.entries({ protobuf: protobufBody, JSON: jsonBody })) {
    const count = SPANS_PER_RUN / Math.max(spans, 16);
    const bodies = Array.from({ length: count }, () => Buffer.from(encode(typicalBody(random, spans)) as string));
    const zipped = bodies.map((body) => gzipSync(body));
    const measure = (run: (n: number) => void): number => {
      const before = process.cpuUsage();
      for (let n = 0; n < count; n++) run(n);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / (count * spans);
    };
    const took: Record<string, number[]> = { inflater: [], gunzipSync: [], crc32: [] };
    for (let round = -WARM_UP; round < rounds; round++) {
      const order = Object.keys(took).sort(() => Math.random() - 0.5);
      for (const name of order) {
        const us = measure((n) => (name === 'crc32' ? crc32(bodies[n]!) : VARIANTS[name]!(zipped[n]!)));
        if (round >= 0) took[name]!.push(us);
      }
    }
    const ratio = median(took['gunzipSync']!.map((us, round) => us / took['inflater']![round]!));
    const cells = [took['inflater']!, took['gunzipSync']!].map((values) => median(values).toFixed(3).padStart(10));
    process.stdout.write(
      `${`${spans} ${encoding}`.padEnd(16)}${cells.join('  ')}  ${ratio.toFixed(2)}×${median(took['crc32']!).toFixed(3).padStart(10)}\n`,
    );
  }
}
