import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { SERIES_BUDGET } from '../../src/aggregate/families.ts';
import { total } from '../../src/aggregate/shares.ts';
import { pipeline } from '../support/decode-bodies.ts';
import { protobufBody } from '../support/otlp-spans.ts';

const scaling = readFileSync(join(import.meta.dirname, '../../docs/scaling.md'), 'utf8');
/** The budget and the bytes that docs/scaling.md states for a metric. */
function stated(key: 'calls' | 'duration' | 'phase') {
  const row = new RegExp(`\\| \`${key}\` +\\| (\\d+) a service \\+ ([\\d,]+) +\\| ([\\d,]+) `).exec(scaling)!;
  const [floor, pool, bytes] = row.slice(1).map((text) => Number(text.replaceAll(',', ''))) as [number, number, number];
  return { budget: { floor, pool }, bytes };
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const held = (): number => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

it('takes the bytes per label set that docs/scaling.md states', () => {
  const p = pipeline();
  p.take(protobufBody([]));
  const before = held();
  for (let s = 0; s < 40; s++)
    p.take(
      protobufBody([
        {
          resource: { 'service.name': `service-${s}` },
          spans: Array.from({ length: 500 }, (_, i) => ({
            attributes: {
              'http.request.method': 'GET',
              'api.status.class': '5xx',
              'http.response.status_code': 503,
              'api.failure.layer': 'service',
              'api.failure.reason': 'http.error',
              'api.provider.name': `provider-${i % 100}`,
              'server.address': `api${i % 100}.provider.example.com`,
              'url.template': `/v1/things/{id}/parts/${i}`,
              'api.timing.wait': 0.1,
            },
          })),
        },
      ]),
    );
  const { calls, duration, phase } = p.aggregator.families;
  expect([calls.size, duration.size, phase.size]).toEqual([20_000, 4000, 4000]);
  const used = held() - before;
  const families = { calls, duration, phase };
  let [expected, product] = [0, 0];
  for (const key of ['calls', 'duration', 'phase'] as const) {
    const { budget, bytes } = stated(key);
    expect(SERIES_BUDGET[key], key).toMatchObject(budget);
    expected += families[key].size * bytes;
    product += total(budget) * bytes;
  }
  expect(used).toBeLessThan(expected);
  expect(used).toBeGreaterThan(expected / 3);
  expect(product / 2 ** 20).toBeLessThan(Number(/All three full are (\d+) MiB/.exec(scaling)![1]) * 1.01);
});
