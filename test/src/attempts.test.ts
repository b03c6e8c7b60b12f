import { describe, expect, it } from 'vitest';
import {
  adviceOf,
  announced,
  type Before,
  createRepeatedReads,
  hash53,
  isReadByPost,
  kindOf,
  REPEAT_WINDOW_MS,
} from '../../src/attempts/index.ts';
import { type LayerName, REASONS, type Reason } from '../../src/contract/index.ts';

type Failure = Parameters<typeof adviceOf>[0];
const failure = (over: Partial<Failure>): Failure => ({
  method: 'GET',
  layer: 'service',
  reason: 'http.error',
  status: undefined,
  sent: 'yes',
  keyed: false,
  retryAfter: false,
  ...over,
});

describe('advice', () => {
  it.each<[string, Partial<Failure>, string]>([
    ['a read after 500', { status: 500 }, 'retry'],
    ['a write after 500', { method: 'POST', status: 500 }, 'needs_idempotency_key'],
    ['a keyed write after 500', { method: 'POST', status: 500, keyed: true }, 'retry'],
    ['a write after 503 with Retry-After', { method: 'POST', status: 503, retryAfter: true }, 'retry_after'],
    ['429', { layer: 'throttling', status: 429 }, 'retry_after'],
    ['404', { layer: 'endpoint', status: 404 }, 'fix_request'],
    ['401', { layer: 'auth', status: 401 }, 'fix_request'],
    ['409, a conflict that passes', { layer: 'payload', method: 'POST', status: 409 }, 'retry'],
    ['a failure inside 200', { layer: 'payload', reason: 'http.error_in_success', status: 200 }, 'fix_request'],
    ['a refused connection', { method: 'POST', layer: 'tcp', reason: 'tcp.refused', sent: 'no' }, 'retry'],
    ['an expired certificate', { layer: 'tls', reason: 'tls.cert.date_invalid', sent: 'no' }, 'fix_request'],
    [
      'a write cut off while waiting',
      { method: 'PATCH', layer: 'wait', reason: 'http.response.reset' },
      'needs_idempotency_key',
    ],
    ['a delete cut off while waiting', { method: 'DELETE', layer: 'wait', reason: 'http.response.reset' }, 'retry'],
    [
      'a write half sent',
      { method: 'POST', layer: 'send', reason: 'http.request.reset', sent: 'partly' },
      'needs_idempotency_key',
    ],
  ])('for %s', (_name, over, advice) => expect(adviceOf(failure(over))).toBe(advice));

  it('exists for every reason of the contract', () => {
    for (const [reason, { layers }] of Object.entries(REASONS))
      for (const layer of layers as readonly LayerName[])
        for (const method of ['GET', 'POST'])
          expect(['retry', 'retry_after', 'needs_idempotency_key', 'fix_request']).toContain(
            adviceOf(failure({ layer, reason: reason as Reason, method })),
          );
  });

  it('never tells to repeat a write that may have been done', () => {
    // the other side had given the connection up before the write could reach it
    for (const sent of ['partly', 'yes', 'unknown'] as const)
      for (const reason of Object.keys(REASONS) as Reason[])
        if (reason !== 'http.connection.stale')
          expect(adviceOf(failure({ method: 'POST', layer: 'wait', reason, sent }))).not.toBe('retry');
  });
});

describe('kind', () => {
  const before = {
    method: 'POST',
    failed: true,
    status: 500,
    sent: 'yes',
    key: undefined,
    print: 'p',
    notBefore: 0,
  } as const;
  const next: { key: string | undefined; print: string; now: number } = { key: undefined, print: 'p', now: 1000 };
  it.each<[string, Before, typeof next, string]>([
    ['after a success', { ...before, failed: false }, next, 'safe'],
    ['a write that never left', { ...before, status: undefined, sent: 'no' as const }, next, 'safe'],
    ['a write refused with 429', { ...before, status: 429 }, next, 'safe'],
    ['a write after 500', before, next, 'unsafe'],
    ['a key that appears only now', before, { ...next, key: 'k' }, 'unsafe'],
    ['unsafe before early', { ...before, notBefore: 9000 }, next, 'unsafe'],
    ['too soon', { ...before, method: 'PUT', notBefore: 9000 }, next, 'early'],
    ['within the tolerance', { ...before, method: 'PUT', notBefore: 1050 }, next, 'safe'],
    ['unchanged after 422', { ...before, status: 422 }, next, 'pointless'],
    [
      'unchanged without credit',
      { ...before, status: 429, layer: 'throttling', advice: 'fix_request' },
      next,
      'pointless',
    ],
    ['inference after 500', { ...before, isRead: true }, next, 'paid'],
    ['inference too soon', { ...before, isRead: true, notBefore: 9000 }, next, 'early'],
    ['a write on a stale connection', { ...before, status: undefined, advice: 'retry' }, next, 'safe'],
    ['changed after 422', { ...before, status: 422 }, { ...next, print: 'q' }, 'safe'],
  ])('%s: %#', (_name, b, n, kind) => expect(kindOf(b, n)).toBe(kind));
});

/** What a repeat of the same request may be called after each advice, at once and unchanged. */
const AGREES = {
  fix_request: ['pointless', 'unsafe'],
  retry: ['safe', 'paid'],
  retry_after: ['safe', 'paid', 'early'],
  needs_idempotency_key: ['unsafe'],
};
it('gives no advice that the kind of a repeat contradicts', () => {
  const statuses = [undefined, 200, 400, 402, 408, 409, 422, 429, 500, 503, 529];
  let asked = 0;
  for (const [reason, { layers }] of Object.entries(REASONS) as [Reason, { layers: readonly LayerName[] }][])
    for (const layer of layers)
      for (const status of statuses)
        for (const sent of ['no', 'partly', 'yes', 'unknown'] as const)
          for (const [method, isRead] of [
            ['GET', false],
            ['POST', false],
            ['POST', true],
          ] as const)
            for (const retryAfter of [false, true]) {
              const failure = { method, layer, reason, status, sent, keyed: false, retryAfter, isRead };
              const advice = adviceOf(failure);
              const notBefore = retryAfter ? 9000 : 0;
              const before = { ...failure, failed: true, key: undefined, print: 'p', notBefore, advice };
              const kind = kindOf(before, { key: undefined, print: 'p', now: 1000 });
              expect(AGREES[advice], `${JSON.stringify(failure)} ${advice} ${kind}`).toContain(kind);
              asked++;
            }
  expect(asked).toBeGreaterThan(5000);
});

it.each([
  ['api.openai.com', '/v1/chat/completions', true],
  ['api.anthropic.com', '/v1/messages', true],
  ['api.anthropic.com', '/v1/messages/batches', false],
  ['generativelanguage.googleapis.com', '/v1beta/models/gemini:generateContent?alt=sse', true],
  ['bedrock-runtime.eu-west-1.amazonaws.com', '/model/a.b/invoke', true],
  ['es.corp.example', '/idx/_search', true],
  ['api.twilio.com', '/2010-04-01/Accounts/AC1/Messages.json', false],
  ['api.vonage.com', '/v1/messages', false],
  ['discord.com', '/api/v10/channels/1/messages', false],
  ['api.stripe.com', '/v1/charges', false],
])('takes a POST to %s%s for a read: %s', (host, path, isRead) =>
  expect(isReadByPost('POST', host, path)).toBe(isRead),
);

it('reads what SDKs announce, and nothing from garbage', () => {
  const of = (headers: Record<string, string>) => announced((name) => headers[name]);
  expect(of({ 'x-stainless-retry-count': '1' })).toEqual({ id: undefined, resent: 1 });
  expect(of({ 'grpc-previous-rpc-attempts': '2' })).toEqual({ id: undefined, resent: 2 });
  expect(of({ 'amz-sdk-invocation-id': 'i', 'amz-sdk-request': 'ttl=1; attempt=3; max=3' })).toEqual({
    id: 'i',
    resent: 2,
  });
  expect(of({ 'x-goog-api-client': 'gl-node/24 gccl-invocation-id/ab-1 gccl-attempt-count/2' })).toEqual({
    id: 'ab-1',
    resent: 1,
  });
  expect(of({ 'x-stainless-retry-count': '-1', 'amz-sdk-request': 'attempt=x' })).toEqual({
    id: undefined,
    resent: undefined,
  });
});

it('forgets reads after ten seconds and never holds more than two generations', () => {
  const reads = createRepeatedReads();
  expect(reads.seen(1, 0)).toBe(false);
  expect(reads.seen(1, REPEAT_WINDOW_MS)).toBe(true);
  expect(reads.seen(2, 20_000)).toBe(false);
  expect(reads.seen(1, 2 * REPEAT_WINDOW_MS + 1)).toBe(false);
  for (let i = 100; i < 20_000; i++) reads.seen(i, 30_000);
  expect(reads.seen(19_999, 30_000)).toBe(true);
  expect(reads.seen(100, 30_000)).toBe(false);
});

it('hashes strings apart', () => {
  const hashes = new Set(Array.from({ length: 50_000 }, (_, i) => hash53(`https://api.example/v1/things/${i}`)));
  expect(hashes.size).toBe(50_000);
});
