import { expect, it } from 'vitest';
import { type Bag, protobufBody } from '../support/otlp-spans.ts';
import { testCollector } from '../support/test-collector.ts';

const NAME = 'http_client_request_duration_seconds';
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, Number.POSITIVE_INFINITY];
const START = 1_790_000_000_000_000_000n;

const host = { 'http.request.method': 'GET', 'server.address': 'api.test' };
const span = (milliseconds: number, attributes: Bag) => ({
  startNanos: START,
  endNanos: START + BigInt(milliseconds) * 1_000_000n,
  attributes: { ...host, ...attributes },
});
const good = { 'api.status.class': '2xx', 'http.response.status_code': 200 };
const failed = (layer: string, reason: string, more: Bag = {}): Bag => ({
  'api.status.class': 'none',
  'api.failure.layer': layer,
  'api.failure.reason': reason,
  ...more,
});
const body = protobufBody([
  {
    resource: { 'service.name': 'shop' },
    spans: [
      span(5, good),
      span(30, good),
      span(11_000, good),
      span(400, failed('dns', 'dns.name_not_resolved')),
      span(60, failed('wait', 'a.reason.of.tomorrow')),
      span(80, { ...failed('service', 'http.error_in_success'), ...good }),
      // of other instrumentations
      span(20, { 'http.response.status_code': 404 }),
      span(20, { 'http.response.status_code': 999 }),
      span(20, { 'error.type': 'ETIMEDOUT' }),
    ],
  },
]);

/** Status, error type, sum and the seconds that are counted, in the order of the page. */
const EXPECTED: readonly (readonly [status: string, errorType: string, seconds: readonly number[]])[] = [
  ['200', '', [0.005, 0.03, 11]],
  ['', 'dns.name_not_resolved', [0.4]],
  ['', '_OTHER', [0.06, 0.02]],
  ['200', 'http.error_in_success', [0.08]],
  ['404', '404', [0.02]],
  ['999', '999', [0.02]],
];

it('has the conventions’ histogram only when asked for, with their labels and buckets', async () => {
  const [off, on] = [await testCollector(), await testCollector({ FAULTLAYER_SEMCONV_METRICS: 'true' })];
  try {
    for (const collector of [off, on]) expect((await collector.post(body)).status).toBe(200);
    const without = await off.samples();
    expect(without.find(({ name }) => name === 'api_client_duration_seconds_count')).toBeDefined();
    expect(without.filter(({ name }) => name.startsWith(NAME))).toEqual([]);

    const seen = (await on.samples()).filter(({ name }) => name.startsWith(NAME));
    const expected = EXPECTED.flatMap(([status, errorType, seconds]) => {
      const labels = {
        service_name: 'shop',
        http_request_method: 'GET',
        server_address: 'api.test',
        http_response_status_code: status,
        error_type: errorType,
      };
      return [
        ...BOUNDS.map((bound) => ({
          name: `${NAME}_bucket`,
          labels: {
            ...labels,
            le: bound === Number.POSITIVE_INFINITY ? '+Inf' : bound % 1 ? `${bound}` : `${bound}.0`,
          },
          value: seconds.filter((s) => s <= bound).length,
        })),
        {
          name: `${NAME}_sum`,
          labels,
          value: expect.closeTo(
            seconds.reduce((sum, s) => sum + s, 0),
            6,
          ),
        },
        { name: `${NAME}_count`, labels, value: seconds.length },
      ];
    });
    expect(seen.map(({ labels, ...sample }) => ({ ...sample, labels: { ...labels } }))).toEqual(expected);
  } finally {
    await Promise.all([off.close(), on.close()]);
  }
});
