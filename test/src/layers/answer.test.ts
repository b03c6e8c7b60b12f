import { describe, expect, it } from 'vitest';
import { layerOfAnswer } from '../../../src/layers/answer.ts';
import { wordsOf } from '../../../src/layers/code-words.ts';

const layer = (status: number, code?: string, provider = 'orchard.example', grpc = false) =>
  layerOfAnswer(
    status,
    { failedIn2xx: status < 300, ...(code === undefined ? {} : { code }), ...(grpc ? { grpc: true } : {}) },
    provider,
  );

describe('by status', () => {
  it('maps every 4xx and 5xx to the layer the contract names', () => {
    const by: Record<string, number[]> = {};
    for (let status = 400; status < 600; status++) {
      const name = layer(status)!;
      by[name] ??= [];
      by[name].push(status);
    }
    expect(by['endpoint']).toEqual([404, 405, 410, 421, 501]);
    expect(by['auth']).toEqual([401, 403, 407, 511]);
    expect(by['throttling']).toEqual([420, 429, 529]);
    expect(by['service']).toEqual([
      408,
      425,
      ...Array.from({ length: 100 }, (_, i) => 500 + i).filter((s) => ![501, 511, 529].includes(s)),
    ]);
    expect(by['payload']).toEqual(
      Array.from({ length: 100 }, (_, i) => 400 + i).filter(
        (s) => ![401, 403, 404, 405, 407, 408, 410, 420, 421, 425, 429].includes(s),
      ),
    );
  });

  it('is undefined for what did not fail', () => {
    for (const status of [100, 200, 204, 301, 304, 399])
      expect(layerOfAnswer(status, { failedIn2xx: false, code: 'rate_limited' }, 'x')).toBeUndefined();
  });
});

describe('by code', () => {
  it.each([
    [403, 'userRateLimitExceeded'],
    [400, 'HOURLY_APIINVOCATION_LIMIT_EXCEEDED'],
    [400, 'ProvisionedThroughputExceededException'],
    [503, 'SlowDown'],
    [401, 'quota_exceeded'],
    [403, 'storageQuotaExceeded'],
    [403, 'resource_exhausted'],
    [500, 'too_many_requests'],
    [403, 'RequestLimitExceeded'],
    [200, 'THROTTLED'],
    [404, 'ratelimited'],
  ])('%i %s is throttling', (status, code) => expect(layer(status, code)).toBe('throttling'));

  it.each([
    [400, 'invalid_grant'],
    [400, 'ExpiredToken'],
    [400, 'ExpiredTokenException'],
    [500, 'INVALID_SESSION_ID'],
    [400, 'INVALID_ACCESS_TOKEN'],
    [400, 'API_KEY_INVALID'],
    [200, 'missing_scope'],
    [200, 'UNAUTHENTICATED'],
    [400, 'SignatureDoesNotMatch'],
    [400, 'token_expired'],
  ])('%i %s is auth', (status, code) => expect(layer(status, code)).toBe('auth'));

  it.each([
    [400, 'file_size_limit_exceeded', 'payload'],
    [413, 'PayloadLimitExceeded', 'payload'],
    [400, 'Client.InvalidAccount', 'payload'],
    [400, 'invalid_key_format_in_map', 'payload'],
    [404, 'invalid_token', 'endpoint'],
    [429, 'invalid_token', 'throttling'],
    [402, 'card_declined', 'payload'],
    [500, 'InternalError', 'service'],
    [200, 'InternalError', 'service'],
    [200, 'unknown_method', 'endpoint'],
    [200, 'channel_not_found', 'payload'],
    [200, undefined, 'payload'],
  ] as const)('%i %s is %s', (status, code, name) => expect(layer(status, code)).toBe(name));

  it('knows what providers document', () => {
    expect(layer(400, '190', 'meta-graph')).toBe('auth');
    expect(layer(400, '80004', 'meta-graph')).toBe('throttling');
    expect(layer(400, '190')).toBe('payload');
    expect(layer(200, 'ComplexityException', 'monday')).toBe('throttling');
    expect(layer(200, 'E00007', 'authorize-net')).toBe('auth');
  });

  it('reads gRPC numbers only where gRPC sent them, and JSON-RPC ones by their sign', () => {
    expect(layer(200, '14', 'x', true)).toBe('service');
    expect(layer(200, '16', 'x', true)).toBe('auth');
    expect(layer(200, '8', 'x', true)).toBe('throttling');
    expect(layer(200, '14')).toBe('payload');
    expect(layer(200, '-32601')).toBe('endpoint');
    expect(layer(200, '-32005')).toBe('throttling');
  });
});

it('cuts codes into words', () => {
  expect(wordsOf('HTTPRateLimit_exceeded.now-42')).toEqual(['http', 'rate', 'limit', 'exceeded', 'now', '42']);
});
