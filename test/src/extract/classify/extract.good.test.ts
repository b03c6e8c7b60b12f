import { expect, it } from 'vitest';
import { type Answer, extract, extractGood } from '../../../../src/extract/index.ts';

const NOW = Date.UTC(2026, 0, 1);
const answerOf = (status: number, headers: Readonly<Record<string, string>>): Answer => ({
  status,
  host: 'api.orchard.example',
  header: (name) => headers[name],
  headerNames: () => Object.keys(headers),
  nowMs: NOW,
});

const HEADERS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['nothing of interest', { 'content-type': 'application/json', date: 'Thu, 01 Jan 2026 00:00:00 GMT' }],
  ['a request ID', { 'x-request-id': 'req_1' }],
  ['a CDN alone', { 'cf-ray': '8f0a1b2c3d4e5f60-FRA' }],
  ['both', { 'cf-ray': '8f0a1b2c3d4e5f60-FRA', 'request-id': 'req_2' }],
  ['a secret as request ID', { 'x-request-id': 'sk_live_abcdefghijklmnop' }],
  [
    'limits, on the clock of the answer',
    {
      date: 'Thu, 01 Jan 2026 00:00:30 GMT',
      'x-ratelimit-limit': '100',
      'x-ratelimit-remaining': '99',
      'x-ratelimit-reset': '1767225660',
    },
  ],
  ['limits nobody can read', { 'x-ratelimit-limit': 'many' }],
  ['a delay', { 'retry-after': '3', 'x-request-id': 'req_3' }],
  ['a gRPC failure', { 'grpc-status': '8', 'x-request-id': 'req_4' }],
  ['an exception after the status', { 'x-clickhouse-exception-code': '60', 'x-request-id': 'req_5' }],
];

it.each([200, 201, 202, 204, 304])('says of a good answer (%i) exactly what the full facts says', (status) => {
  for (const [name, headers] of HEADERS) {
    const answer = answerOf(status, headers);
    const full = extract(answer);
    const told = full.requestId !== undefined || full.rateLimit !== undefined ? full : undefined;
    expect(extractGood(answer), name).toEqual(told);
  }
});

it('finds the request ID and the limits', () => {
  const headers = { 'request-id': 'req_2', 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '99' };
  expect(extractGood(answerOf(200, headers))).toMatchObject({
    requestId: 'req_2',
    rateLimit: { limit: 100, remaining: 99 },
  });
});
