import { expect, it } from 'vitest';
import { pipeline } from '../../support/decode-bodies.ts';
import { sumOf } from '../../support/exposition.ts';
import { jsonBody, protobufBody } from '../../support/otlp-spans.ts';

const answered = { 'http.request.method': 'GET', 'api.provider.name': 'openai' };
const SPANS = [
  { attributes: { ...answered, 'api.status.class': '2xx', 'api.stream.first_chunk': 0.9 } },
  { attributes: { ...answered, 'api.status.class': '2xx', 'api.stream.first_chunk': 30 } },
  { attributes: { ...answered, 'api.status.class': '2xx' } },
  {
    attributes: {
      ...answered,
      'api.status.class': '1xx',
      'api.failure.layer': 'body',
      'api.failure.reason': 'websocket.closed',
      'api.websocket.close_code': 1006,
    },
  },
];

it.each([
  ['protobuf', protobufBody],
  ['JSON', jsonBody],
] as const)('counts first chunks, and ends of WebSockets in no call, %s', (_, body) => {
  const p = pipeline();
  p.take(body([{ resource: { 'service.name': 'shop' }, spans: SPANS }]) as never);
  const samples = p.samples();
  expect(sumOf(samples, 'api_client_calls_total')).toBe(3);
  expect(sumOf(samples, 'api_client_duration_seconds_count')).toBe(3);
  expect(sumOf(samples, 'api_client_last_failure_timestamp_seconds')).toBe(0);
  expect(sumOf(samples, 'api_client_websocket_ends_total')).toBe(1);
  expect(sumOf(samples, 'api_client_first_chunk_seconds_count')).toBe(2);
  expect(sumOf(samples, 'api_client_first_chunk_seconds_sum')).toBeCloseTo(30.9);
});
