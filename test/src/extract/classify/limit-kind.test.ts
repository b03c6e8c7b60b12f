import { describe, expect, it } from 'vitest';
import { adviceOf } from '../../../../src/attempts/index.ts';
import { ownerOf } from '../../../../src/contract/index.ts';
import { extract } from '../../../../src/extract/index.ts';
import { layerOfAnswer, reasonOfAnswer } from '../../../../src/layers/answer.ts';
import { answerOf } from '../fixture.ts';

/** Limit, layer, owner and advice of an answer. */
function told(status: number, body: unknown, headers: Record<string, string> = {}): string {
  const e = extract(answerOf(status, headers, JSON.stringify(body)));
  const layer = layerOfAnswer(status, e, 'orchard.example')!;
  const reason = reasonOfAnswer(layer, e);
  const advice = adviceOf({ method: 'POST', layer, reason, status, sent: 'yes', keyed: false, retryAfter: false });
  return `${e.limitKind} ${layer} ${ownerOf(layer, reason)} ${advice}`;
}
const error = (type: string, message: string, code?: string) => ({ error: { type, message, code } });

describe('the limit a call ran into', () => {
  it.each<[string, number, unknown, string, Record<string, string>?]>([
    [
      'OpenAI, no credit',
      429,
      error(
        'insufficient_quota',
        'You exceeded your current quota, please check your plan and billing details.',
        'insufficient_quota',
      ),
      'credit throttling caller fix_request',
    ],
    [
      'OpenAI, tokens',
      429,
      error(
        'tokens',
        'Rate limit reached for gpt in organization on tokens per min (TPM): Limit 1.',
        'rate_limit_exceeded',
      ),
      'tokens throttling load retry_after',
    ],
    [
      'OpenAI, requests',
      429,
      error('requests', 'Rate limit reached on requests per min (RPM): Limit 3.', 'rate_limit_exceeded'),
      'requests throttling load retry_after',
    ],
    [
      'Anthropic, credit',
      400,
      error('invalid_request_error', 'Your credit balance is too low to access the API.'),
      'credit payload caller fix_request',
    ],
    ['Anthropic, overload', 529, error('overloaded_error', 'Overloaded'), 'capacity throttling provider retry_after'],
    [
      'Anthropic, input tokens',
      429,
      error('rate_limit_error', 'This request would exceed your rate limit.'),
      'input_tokens throttling load retry_after',
      { 'anthropic-ratelimit-input-tokens-remaining': '0', 'anthropic-ratelimit-requests-remaining': '9' },
    ],
    [
      'Gemini, a day',
      429,
      {
        error: {
          code: 429,
          status: 'RESOURCE_EXHAUSTED',
          message: 'Quota exceeded.',
          details: [
            {
              '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
              violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }],
            },
          ],
        },
      },
      'day throttling caller fix_request',
    ],
    [
      'Gemini, overload',
      503,
      { error: { code: 503, status: 'UNAVAILABLE', message: 'The model is overloaded.' } },
      'capacity service provider needs_idempotency_key',
    ],
    [
      'DeepSeek, balance',
      402,
      error('unknown_error', 'Insufficient Balance', 'invalid_request_error'),
      'credit payload caller fix_request',
    ],
    [
      'Xero, concurrency',
      429,
      { Title: 'limited' },
      'concurrency throttling load retry_after',
      { 'x-rate-limit-problem': 'concurrent' },
    ],
    ['a month', 429, { error: 'monthly_quota_exceeded', message: 'x y' }, 'month throttling caller fix_request'],
    ['nothing said', 429, { message: 'no' }, 'other throttling load retry_after'],
    [
      'a declined card',
      402,
      error('card_error', 'Your card has insufficient funds.', 'card_declined'),
      'undefined payload caller fix_request',
    ],
    ['an invalid token', 401, error('auth', 'invalid tokens', 'invalid_token'), 'undefined auth caller fix_request'],
  ])('%s', (_name, status, body, expected, headers) => expect(told(status, body, headers)).toBe(expected));
});

describe('what else headers say', () => {
  const read = (headers: Record<string, string>, status = 502) => extract(answerOf(status, headers, ''));
  it('are the ends of an endpoint', () => {
    const sunset = 'Sat, 31 Dec 2033 23:59:59 GMT';
    expect(read({ deprecation: '@1688169599', sunset }, 200)).toMatchObject({
      deprecationAt: 1688169599,
      sunsetAt: 2019686399,
    });
    expect(read({ deprecation: 'true' }).deprecationAt).toBe(0);
    expect(read({ deprecation: 'soon', sunset: 'later' })).toEqual({ failedIn2xx: false });
  });
  it('is what a proxy in between failed at', () => {
    const status =
      'ExampleCDN; received-status=503; details="error=not_this, ok", edge.example; error=connection_timeout; details="10 s"';
    expect(read({ 'proxy-status': status }).proxyError).toBe('connection_timeout');
    expect(read({ 'proxy-status': 'cache.example; details="error=x"' }).proxyError).toBeUndefined();
  });
  it('is a failure inside a 2xx, without a body', () => {
    expect(read({ 'x-amz-function-error': 'Unhandled' }, 200).failedIn2xx).toBe(true);
    expect(read({ 'x-clickhouse-exception-code': '60' }, 200)).toMatchObject({ failedIn2xx: true, code: '60' });
    expect(read({ 'grpc-status': '0' }, 200).failedIn2xx).toBe(false);
  });
});
