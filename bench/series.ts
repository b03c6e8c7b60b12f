/**
 * What a span costs by how many series there are: CPU nanoseconds to decode and count it, protobuf, medians over rounds. Bodies of 512 spans draw their
 * label sets in turn; a label set is 21 series.
 *
 *   node bench/series.ts [rounds=9]
 */
import { METRICS, type MetricKey } from '../src/contract/index.ts';
import { pipeline } from '../test/support/decode-bodies.ts';
import { protobufBody, type TestSpan } from '../test/support/otlp-spans.ts';

const rounds = Number(process.argv[2] ?? 9);
const SERIES_PER_SET = 21;
const SPANS = 512;
const LAYERS = ['', 'dns', 'tcp', 'tls', 'wait', 'auth', 'payload', 'service'];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];

const span = (set: number): TestSpan => ({
  attributes: {
    'api.provider.name': `provider-${Math.floor(set / 40) % 40}`,
    'http.request.method': METHODS[Math.floor(set / 1600) % 4]!,
    'api.status.class': '2xx',
    'http.response.status_code': 200,
    'url.template': '/v1/things/{id}',
    'server.address': 'api.example.com',
    ...(set >= 6400 && { 'api.failure.layer': LAYERS[Math.floor(set / 6400) % 8]! }),
  },
});
/** Spans of one service stand together, as they do in what a process sends. */
const bodiesOf = (sets: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(Math.max(sets, SPANS) / SPANS) }, (_, body) => {
    const numbers = Array.from({ length: SPANS }, (_, i) => (body * SPANS + i) % sets);
    const byService = Map.groupBy(numbers, (set) => set % 40);
    return protobufBody(
      [...byService].map(([service, of]) => ({
        resource: { 'service.name': `service-${service}` },
        spans: of.map(span),
      })),
    );
  });

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

for (const series of [SERIES_PER_SET, 1000, 10_000, 100_000, 1_000_000]) {
  const sets = Math.round(series / SERIES_PER_SET);
  const budget = { floor: 0, pool: 2 * sets + 2 };
  const budgets = Object.fromEntries(Object.keys(METRICS).map((key) => [key, budget])) as Record<
    MetricKey,
    typeof budget
  >;
  const p = pipeline({ budgets });
  const bodies = bodiesOf(sets);
  const run = (spans: number): void => {
    for (let done = 0, i = 0; done < spans; done += SPANS, i++) p.take(bodies[i % bodies.length]!);
  };
  run(Math.max(100_000, 2 * sets));
  const { size } = p.aggregator.families.calls;
  if (size !== sets) throw new Error(`${size} label sets are counted, not ${sets}`);
  const each = Array.from({ length: rounds }, () => {
    const spans = Math.max(50_000, sets);
    const before = process.cpuUsage();
    run(spans);
    const { user, system } = process.cpuUsage(before);
    return ((user + system) * 1000) / spans;
  });
  process.stdout.write(`${String(series).padStart(9)} series  ${median(each).toFixed(0).padStart(6)} ns a span\n`);
}
