import { expect, it } from 'vitest';
import { Aggregator, Exposition, Observer } from '../../../src/aggregate/index.ts';
import { pipeline } from '../../support/decode-bodies.ts';
import { parsePage, type Sample, sumOf } from '../../support/exposition.ts';
import { jsonBody, protobufBody } from '../../support/otlp-spans.ts';

const attributes = {
  'http.request.method': 'POST',
  'api.status.class': '2xx',
  'api.provider.name': 'openai',
  'api.cancelled': true,
  'api.stream.first_chunk': 1.5,
  'api.stream.longest_gap': 4,
  'api.timing.queue': 0.02,
};
const resource = { 'service.name': 'chat' };

function observed(): Sample[] {
  const aggregator = new Aggregator();
  new Observer(aggregator).observe(attributes, resource, 45, {});
  return parsePage(new TextDecoder().decode(new Exposition(aggregator).render('text')));
}
function received(body: Uint8Array | string): Sample[] {
  const p = pipeline();
  p.take(body);
  return p.samples();
}
const body = [
  { resource, spans: [{ attributes, startNanos: 1_790_000_000_000_000_000n, endNanos: 1_790_000_045_000_000_000n }] },
];

it.each([
  ['protobuf', () => received(protobufBody(body))],
  ['json', () => received(jsonBody(body))],
  ['attributes', observed],
])('cancels, first chunks, waits in the pool and calls of 45 s have series (%s)', (_way, samplesOf) => {
  const samples = samplesOf();
  const of = { service_name: 'chat', api_provider_name: 'openai' };
  expect(sumOf(samples, 'api_client_cancelled_total', of)).toBe(1);
  expect(sumOf(samples, 'api_client_calls_total', { ...of, api_failure_layer: '' })).toBe(1);
  expect(sumOf(samples, 'api_client_first_chunk_seconds_sum', of)).toBe(1.5);
  expect(sumOf(samples, 'api_client_longest_gap_seconds_sum', of)).toBe(4);
  expect(sumOf(samples, 'api_client_phase_duration_seconds_sum', { ...of, phase: 'queue' })).toBe(0.02);
  expect(sumOf(samples, 'api_client_duration_seconds_bucket', { ...of, le: '40.0' })).toBe(0);
  expect(sumOf(samples, 'api_client_duration_seconds_bucket', { ...of, le: '80.0' })).toBe(1);
});
