import { describe, expect, it } from 'vitest';
import { authOf } from '../../instrumentation/attributes/auth.ts';
import { clockOffset, describe as describeCall } from '../../instrumentation/attributes/index.ts';
import type { Call } from '../../instrumentation/capture/types.ts';
import type { Outcome } from '../../instrumentation/judge/types.ts';
import { AttributeList } from '../../instrumentation/span/list.ts';
import { loadConfig } from '../../src/config.ts';
import { ATTRIBUTES } from '../../src/contract/index.ts';
import type { Evidence } from '../../src/extract/index.ts';
import { useOwnRules } from '../../src/redact/index.ts';
import { attributesOf, targetFor } from '../support/attributes.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const jwt = (payload: object) =>
  `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.c2lnbmF0dXJl`;
const auth = (value: string | undefined, path = '/') =>
  authOf(sends(value === undefined ? {} : { authorization: value }), path, now);
const sends = (headers: Readonly<Record<string, string>>) => ({
  requestHeader: (name: string) => headers[name],
  requestHeaderNames: () => Object.keys(headers),
});

describe('auth', () => {
  it.each([
    [undefined, { scheme: 'none' }],
    ['Bearer opaque', { scheme: 'bearer' }],
    ['Basic dTpw', { scheme: 'basic' }],
    ['AWS4-HMAC-SHA256 Credential=AKIA/2026', { scheme: 'aws4-hmac-sha256' }],
    ['sk_live_the_key_itself', { scheme: 'api-key' }],
    ['hunter2 and more', { scheme: 'other' }],
    [`Bearer ${jwt({ exp: now / 1000 - 1 })}`, { scheme: 'bearer', expired: true }],
    [`Bearer ${jwt({ exp: now / 1000 + 60 })}`, { scheme: 'bearer', expired: false }],
    [`Bearer ${jwt({ exp: 'soon' })}`, { scheme: 'bearer' }],
    ['Bearer eyJ.%%%.x', { scheme: 'bearer' }],
    ['Bearer eyJnothing', { scheme: 'bearer' }],
  ])('%s', (value, expected) => {
    expect(auth(value)).toEqual(expected);
  });

  it('knows keys in other headers and signed URLs', () => {
    expect(authOf(sends({ 'x-api-key': 'k' }), '/', now)).toEqual({ scheme: 'api-key' });
    expect(auth(undefined, '/b/k?X-Amz-Signature=abc')).toEqual({ scheme: 'signed-url' });
  });
});

it('compares clocks at the middle of the exchange', () => {
  expect(clockOffset('Thu, 01 Jan 2026 00:01:00 GMT', now - 100, now + 100)).toBeCloseTo(60.5);
  expect(clockOffset('yesterday', now, now)).toBeUndefined();
  expect(clockOffset(undefined, now, now)).toBeUndefined();
});

const REQUEST: Readonly<Record<string, string>> = {
  authorization: 'Bearer hunter2',
  accept: 'application/json',
  'x-tenant': 'hunter2',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};

const URL_SENT = 'https://user:hunter2@api.stripe.com/v1/charges/ch_123456789?api_key=hunter2';
const call = (more: Partial<Record<keyof Call, unknown>> = {}): Call =>
  ({
    client: 'undici',
    method: 'GET',
    scheme: 'https',
    host: 'api.stripe.com',
    port: 443,
    path: '/v1/charges/ch_123456789?api_key=hunter2',
    proxied: false,
    url: () => URL_SENT,
    target: targetFor(URL_SENT),
    requestHeader: (name: string) => REQUEST[name],
    requestHeaderNames: () => Object.keys(REQUEST),
    setHeader() {},
    startMs: performance.now() - 10,
    headersMs: performance.now() - 1,
    endMs: performance.now(),
    timings: { dns: 1, tcp: 2, tls: 3, wait: 4, body: 5 },
    connection: { peerAddress: '192.0.2.1', peerPort: 443 },
    protocolVersion: '1.1',
    tlsNotAfter: 1_800_000_000,
    status: 401,
    responseHeader: (name: string) => (name === 'date' ? new Date().toUTCString() : undefined),
    responseHeaderNames: () => ['date'],
    body: () => undefined,
    bodyTruncated: false,
    signal: undefined,
    span: undefined,
    ...more,
  }) as Call;
const { config } = loadConfig({});

it('gives every value the type the contract says, and no secret', () => {
  const outcome: Outcome = {
    kind: 'failed',
    layer: 'auth',
    reason: 'http.error',
    sent: 'yes',
    evidence: {
      code: 'invalid_api_key',
      subcode: 'x',
      message: 'no',
      requestId: 'req_1',
      retryAfter: 2,
      rateLimit: { limit: 10, remaining: 1, reset: 3.5 },
      failedIn2xx: false,
    },
  };
  const attributes = attributesOf(call(), outcome, config);
  expect(attributes).toMatchObject({
    'api.failure.layer': 'auth',
    'api.failure.stage': 'after_response',
    'api.failure.owner': 'caller',
    'api.failure.reason': 'http.error',
    'error.type': '401',
    'api.status.class': '4xx',
    'api.provider.name': 'stripe',
    'api.provider.code': 'invalid_api_key',
    'api.timing.dns': 0.001,
    'api.tls.not_after': 1_800_000_000,
    'api.auth.scheme': 'bearer',
    'http.request.header.accept': ['application/json'],
    'http.request.header.x-tenant': ['REDACTED'],
  });
  expect(Object.keys(attributes).filter((name) => name.startsWith('http.request.header.'))).toHaveLength(2);
  expect(Math.abs(attributes['api.clock.offset'] as number)).toBeLessThan(2);
  const types = {
    string: 'string',
    'string[]': 'object',
    int: 'number',
    double: 'number',
    boolean: 'boolean',
  } as const;
  for (const [name, value] of Object.entries(attributes)) {
    const row = name.replace(/^(http\.(?:request|response)\.header)\..*/, '$1.<key>');
    const { type } = ATTRIBUTES[row as keyof typeof ATTRIBUTES];
    expect(typeof value, name).toBe(types[type]);
    if (type === 'int') expect(Number.isInteger(value), name).toBe(true);
  }
  expect(JSON.stringify(attributes)).not.toContain('hunter2');
});

it('gives every failure of one URL the headers it sent itself', () => {
  const target = targetFor(URL_SENT);
  const outcome: Outcome = { kind: 'failed', layer: 'auth', reason: 'http.error', sent: 'yes' };
  const sent = (headers: Record<string, string>) => {
    const one = call({
      target,
      requestHeader: (name: string) => headers[name],
      requestHeaderNames: () => Object.keys(headers),
    });
    const attributes = Object.entries(attributesOf(one, outcome, config));
    const prefix = 'http.request.header.';
    const own = attributes.filter(([name]) => name.startsWith(prefix) || name === 'api.request.content_type');
    return Object.fromEntries(own.map(([name, value]) => [name.replace(prefix, ''), String(value)]));
  };
  const json = { accept: 'application/json', 'content-type': 'application/json; charset=utf-8' };
  const shown = { ...json, 'api.request.content_type': 'application/json' };
  expect(sent(json)).toEqual(shown);
  expect(sent(json)).toEqual(shown);
  expect(sent({ ...json, accept: 'text/plain' })).toEqual({ ...shown, accept: 'text/plain' });
  expect(sent({ ...json, 'x-tenant': 'hunter2' })).toEqual({ ...shown, 'x-tenant': 'REDACTED' });
  expect(sent({ ...json, 'x-tenant': 'hunter3' })).toEqual({ ...shown, 'x-tenant': 'REDACTED' });
  expect(sent({ ...json, 'x-team': 'hunter3' })).toEqual({ ...shown, 'x-team': 'REDACTED' });
  // none but the names tell these two apart
  expect(sent(json)).toEqual(shown);
  expect(sent({ accept: 'application/json' })).toEqual({ accept: 'application/json' });
  expect(sent({})).toEqual({});
});

it('names the span by method and template, a method that is not known HTTP', () => {
  const nameOf = (method: string) =>
    describeCall(new AttributeList(), call({ method }), { kind: 'ok', sent: 'yes' }, config);
  expect(nameOf('POST')).toBe('POST /v1/charges/{id}');
  expect(nameOf('BREW')).toBe('HTTP /v1/charges/{id}');
});

it('says of each failure of one URL what its own answer said', () => {
  const target = targetFor(URL_SENT);
  const said = { code: 'slow_down', subcode: 'burst', message: 'Too fast', retryAfter: 7 };
  const nothing = { code: undefined, subcode: undefined, message: undefined, retryAfter: undefined };
  for (const more of [
    {},
    {},
    { code: 'stop' },
    { subcode: 'day' },
    { message: 'No' },
    { retryAfter: 0 },
    nothing,
    {},
  ]) {
    const evidence = { ...said, ...more, failedIn2xx: false, requestId: 'req_1' } as Evidence;
    const outcome: Outcome = { kind: 'failed', layer: 'throttling', reason: 'http.error', sent: 'yes', evidence };
    const attributes = attributesOf(call({ target, status: 429 }), outcome, config);
    expect(attributes['api.provider.code']).toBe(evidence.code);
    expect(attributes['api.provider.subcode']).toBe(evidence.subcode);
    expect(attributes['api.provider.message']).toBe(evidence.message);
    expect(attributes['api.retry.after']).toBe(evidence.retryAfter);
    expect(attributes['api.provider.request_id']).toBe('req_1');
  }
});

it('says what cannot be said by leaving it out', () => {
  const attributes = attributesOf(
    call({
      method: 'BREW',
      host: '',
      status: undefined,
      connection: undefined,
      timings: {},
      tlsNotAfter: undefined,
      url: () => 'http://[::',
      target: targetFor('http://[::'),
    }),
    { kind: 'cancelled', sent: 'no' },
    config,
  );
  expect(attributes).toMatchObject({
    'http.request.method': '_OTHER',
    'http.request.method_original': 'BREW',
    'api.cancelled': true,
    'api.status.class': 'none',
  });
  for (const name of [
    'api.failure.layer',
    'error.type',
    'server.address',
    'http.response.status_code',
    'api.timing.dns',
  ])
    expect(attributes).not.toHaveProperty(name);
});

it('keeps the provider’s message back when told to', () => {
  const outcome: Outcome = {
    kind: 'failed',
    layer: 'auth',
    reason: 'http.error',
    sent: 'yes',
    evidence: { message: 'no', failedIn2xx: false },
  };
  const off = loadConfig({ FAULTLAYER_PROVIDER_MESSAGES: 'false' }).config;
  expect(attributesOf(call(), outcome, config)['api.provider.message']).toBe('no');
  expect(attributesOf(call(), outcome, off)).not.toHaveProperty('api.provider.message');
});

it('describes a URL for two engines in turn as each is configured', () => {
  const named = loadConfig({ FAULTLAYER_PROVIDERS: 'api.stripe.com=payments', FAULTLAYER_URL_TEMPLATES: '/v1/{what}' });
  const of = call({ path: '/v1/charges' });
  const told = [config, named.config, config].map((one) => attributesOf(of, { kind: 'ok', sent: 'yes' }, one));
  expect(told.map((a) => [a['api.provider.name'], a['url.template']])).toEqual([
    ['stripe', '/v1/charges'],
    ['payments', '/v1/{what}'],
    ['stripe', '/v1/charges'],
  ]);
});

it('replaces the values of the user’s own secret query names', () => {
  const own = loadConfig({ FAULTLAYER_REDACT_QUERY: 'Pin' }).config;
  useOwnRules(own);
  const url = () => 'https://api.stripe.com/v1/x?pin=4711';
  const outcome: Outcome = { kind: 'ok', sent: 'yes' };
  expect(attributesOf(call({ url }), outcome, own)['url.full']).not.toContain('4711');
});
