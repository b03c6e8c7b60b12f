import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LAYERS } from '../../../src/contract/index.ts';
import { batchText, checklistOf, streamText } from '../../../src/evidence/checklist.ts';
import { code, escalationOf } from '../../../src/evidence/escalation.ts';
import { filterOf, matches } from '../../../src/evidence/filter.ts';
import { inert } from '../../../src/evidence/inert.ts';
import { logLineOf, traceqlOf } from '../../../src/evidence/log.ts';
import type { AttributeValue } from '../../../src/evidence/read-attributes.ts';
import { recordOf } from '../../../src/evidence/record.ts';
import { failure } from '../../support/failures.ts';

const span = (
  attributes: Record<string, AttributeValue>,
  resource: Record<string, AttributeValue> = { 'service.name': 'checkout' },
) => ({
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  startMs: Date.UTC(2026, 0, 2),
  endMs: Date.UTC(2026, 0, 2) + 250,
  resource: new Map(Object.entries(resource)),
  attributes: new Map(Object.entries(attributes)),
});

const failed = {
  'api.failure.layer': 'throttling',
  'api.failure.reason': 'http.error',
  'api.provider.name': 'openai',
  'api.provider.code': 'rate_limit_exceeded',
  'api.provider.request_id': 'req_123',
  'api.retry.after': 12,
  'api.rate_limit.remaining': 0,
  'http.request.method': 'POST',
  'http.request.resend_count': 2,
  'http.response.status_code': 429,
  'server.address': 'api.openai.com',
  'url.full': 'https://api.openai.com/v1/chat?api_key=sk-live-secret123',
  'url.template': '/v1/chat',
};

describe('a failure record', () => {
  it('holds what the span says', () => {
    expect(recordOf(span(failed))).toMatchObject({
      service: 'checkout',
      provider: 'openai',
      code: 'rate_limit_exceeded',
      requestId: 'req_123',
      status: 429,
      layer: 'throttling',
      owner: 'load',
      stage: 'after_response',
      attempt: 3,
      retryAfter: 12,
      durationMs: 250,
      rateLimit: { remaining: 0 },
      url: 'https://api.openai.com/v1/chat?api_key=REDACTED',
    });
  });

  it('is made only of failed spans', () => {
    const size = { 'http.response.body.size': 5 };
    expect(recordOf(span({ ...failed, ...size }))!.stream).toBeUndefined();
    const streamed = { 'api.stream.first_chunk': 1, 'api.stream.longest_gap': 2, ...size };
    expect(recordOf(span({ ...failed, ...streamed }))!.stream).toEqual({ firstChunk: 1, longestGap: 2, bytes: 5 });
    expect(recordOf(span({ 'http.request.method': 'GET', 'http.response.status_code': 200 }))).toBeUndefined();
  });

  it('keeps the owner and stage of a newer preload, whose layer or reason it does not know', () => {
    const own = { 'api.failure.owner': 'network', 'api.failure.stage': 'in_transit' };
    const of = (attributes: Record<string, AttributeValue>) => {
      const { layer, reason, owner, stage } = recordOf(span({ ...failed, ...attributes }))!;
      return { layer, reason, owner, stage };
    };
    const newLayer = of({ ...own, 'api.failure.layer': 'quantum', 'api.failure.reason': 'quantum.decohered' });
    expect(newLayer).toEqual({ layer: 'unknown', reason: 'quantum.decohered', owner: 'network', stage: 'in_transit' });
    const newReason = of({ ...own, 'api.failure.reason': 'http.brand_new' });
    expect(newReason).toMatchObject({ layer: 'throttling', owner: 'network', stage: 'in_transit' });
    // What it knows it judges itself; what is no owner is none.
    expect(of(own)).toMatchObject({ owner: 'load', stage: 'after_response' });
    expect(of({ 'api.failure.layer': 'quantum', 'api.failure.owner': 'me' })).toMatchObject({ owner: 'caller' });
  });

  it('is made of spans of other instrumentations too, with fewer facts', () => {
    const providerOf = () => 'stripe';
    const stock = {
      'http.request.method': 'GET',
      'server.address': 'api.stripe.com',
      'url.full': 'https://api.stripe.com/v1/a?token=x7',
    };
    expect(recordOf(span({ ...stock, 'http.response.status_code': 503 }), providerOf)).toMatchObject({
      layer: 'service',
      owner: 'provider',
      provider: 'stripe',
      status: 503,
      url: 'https://api.stripe.com/v1/a?token=REDACTED',
    });
    expect(recordOf(span({ ...stock, 'http.response.status_code': 200 }), providerOf)).toBeUndefined();
    const former = {
      'http.method': 'PUT',
      'http.url': 'http://h.example/x',
      'net.peer.name': 'h.example',
      'http.status_code': 404,
    };
    expect(recordOf(span(former), providerOf)).toMatchObject({
      layer: 'endpoint',
      method: 'PUT',
      host: 'h.example',
      url: 'http://h.example/x',
    });
    const attributes = new Map(
      Object.entries({ 'exception.type': 'SocketError', 'exception.message': 'closed by ann@orchard.example' }),
    );
    expect(recordOf({ ...span(stock), events: [{ name: 'exception', attributes }] }, providerOf)).toMatchObject({
      layer: 'unknown',
      errorType: 'SocketError',
      message: 'closed by [email]',
    });
  });

  it('redacts again what foreign spans carry: URL, message, headers and bodies', () => {
    const secrets = ['sk_live_4eC39HqLyjWDarjtT1zdp7dc', 'hunter2hunter2', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'];
    const record = recordOf(
      span({
        ...failed,
        'url.full': `https://user:${secrets[1]}@api.test/x?token=${secrets[0]}`,
        'api.provider.message': `key ${secrets[0]} is not valid`,
        'http.request.header.authorization': `Bearer ${secrets[2]}`,
        'http.request.header.x-api-key': secrets[0]!,
        'http.request.header.accept': 'application/json',
        'http.request.body.content': JSON.stringify({
          amount: 3,
          password: secrets[1],
          nested: { note: `see ${secrets[2]}` },
        }),
        'http.response.body.content': `{"error":{"code":"bad_key","message":"${secrets[0]}"}, "cut": "password: ${secrets[1]}`,
      }),
    )!;
    const text = JSON.stringify(record);
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(record.headers).toEqual([
      ['x-api-key', 'REDACTED'],
      ['accept', 'application/json'],
    ]);
    expect(JSON.parse(record.requestBody!)).toMatchObject({ amount: 3, password: '[secret]' });
    expect(record.responseBody).toContain('bad_key');
  });

  it('never throws, stays bounded and inert for any attributes', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 600 }),
      fc.double(),
      fc.boolean(),
      fc.constant('\u001b[2J\r\n'),
    );
    const names = fc.constantFrom(
      ...Object.keys(failed),
      'http.request.header.a',
      'http.request.body.content',
      'error.type',
      'api.auth.scheme',
    );
    fc.assert(
      fc.property(fc.dictionary(names, value), value, (attributes, layer) => {
        const record = recordOf(span({ ...attributes, 'api.failure.layer': `${layer}x` }, attributes))!;
        const line = logLineOf(record);
        expect(line).not.toMatch(/[\r\n\u001b]/);
        expect(line.length).toBeLessThan(20_000);
        expect(JSON.parse(line)).toMatchObject({ event: 'api.failure' });
        expect(checklistOf(record).length).toBeGreaterThan(4);
        escalationOf([record], 1);
        traceqlOf(record);
      }),
      { numRuns: 150, seed: 7 },
    );
  });
});

it('says how a streamed answer went, and how much of a batch failed', () => {
  const of = (members: object) => ({ ...failure({ layer: 'body' }), ...members });
  const stream = { firstChunk: 0.9, longestGap: 42 };
  expect(streamText(of({ stream, deadline: 300 }))).toBe(
    'began after 0.9 s, silent for 42 s at the longest, cut by our own deadline of 300 s',
  );
  expect(streamText(of({ stream }))).toBe('began after 0.9 s, silent for 42 s at the longest');
  expect(streamText(of({ stream: { ...stream, bytes: 48_213 }, deadline: 300 }))).toBe(
    'began after 0.9 s, silent for 42 s at the longest, 48,213 bytes came, cut by our own deadline of 300 s',
  );
  expect(streamText(of({}))).toBe(undefined);
  expect(batchText(of({ batch: { failed: 2, total: 3 } }))).toBe('2 of 3 parts of the batch failed');
  expect(batchText(of({ batch: { failed: 2 } }))).toBe('2 parts of the batch failed');
});

describe('the checklist', () => {
  it('is in one order and names one place for every layer', () => {
    for (const layer of LAYERS) {
      const checks = checklistOf(
        failure({ layer: layer.name, status: layer.stage === 'after_response' ? 400 : undefined }),
      );
      expect(checks.slice(0, 5).map((c) => c.name)).toEqual(['endpoint', 'auth', 'payload', 'transport', 'throttling']);
      expect(checks.filter((c) => c.verdict === 'here')).toHaveLength(layer.name === 'unknown' ? 0 : 1);
      for (const check of checks) if (check.verdict === 'here') expect(check.next).toBeTruthy();
    }
  });

  it('clears path and credentials only where the provider looked into the request', () => {
    const cleared = (members: Parameters<typeof failure>[0]) =>
      checklistOf(failure(members))
        .filter(({ verdict }) => verdict === 'fine')
        .map(({ name }) => name);
    expect(cleared({ layer: 'auth', status: 401 })).toEqual(['transport']);
    expect(cleared({ layer: 'throttling', status: 429 })).toEqual(['transport']);
    expect(cleared({ layer: 'service', status: 503 })).toEqual(['transport']);
    expect(cleared({ layer: 'wait' })).toEqual([]);
    expect(cleared({ layer: 'payload', status: 422 })).toEqual(['endpoint', 'auth', 'transport']);
  });

  it('points at the clock or the token when the evidence does', () => {
    const nextAt = (members: Parameters<typeof failure>[0]) =>
      checklistOf(failure({ status: 401, ...members })).find((c) => c.name === 'auth')?.next;
    expect(nextAt({ clockOffset: 412 })).toContain('clock');
    expect(nextAt({ authExpired: true })).toContain('exp');
    expect(nextAt({})).toContain('credentials');
  });
});

describe('the escalation text', () => {
  it('names request IDs, exact times, and what was ruled out', () => {
    const text = escalationOf(
      [
        failure({
          layer: 'service',
          status: 503,
          requestId: 'req_B',
          clockOffset: 0.4,
          startMs: Date.UTC(2026, 0, 2, 3, 5),
        }),
        failure({ layer: 'service', status: 503, requestId: 'req_A' }),
      ],
      41,
    );
    expect(text).toContain('2026-01-02 03:04:05.678');
    expect(text).toContain('`req_A`');
    expect(text).toContain('`req_B`');
    expect(text).toContain('41 times');
    expect(text).toContain('our clock: within 1 s');
    expect(text).toContain('DNS, TCP and TLS from our side');
  });

  it('keeps hostile values inside code spans', () => {
    expect(code('a`b')).toBe('``a`b``');
    expect(code('``')).toBe('``` `` ```');
    const text = escalationOf([failure({ status: 500, requestId: 'x|y\n# <!channel>', code: '[x](javascript:1)' })], 1);
    expect(text).not.toMatch(/^# <!channel>/m);
    expect(text).toContain('`x\\|y\\u{a}# <!channel>`');
  });
});

describe('a filter', () => {
  it('matches every member given', () => {
    const r = failure({ code: 'token_expired', status: 401, requestId: 'req_Q' });
    const f = filterOf(
      (name) => ({ service: 'checkout', text: 'REQ_q', status: '401', since: '1h' })[name],
      r.startMs + 1000,
    );
    if ('problem' in f) throw new Error(f.problem);
    expect(matches(r, f)).toBe(true);
    expect(matches({ ...r, status: 403 }, f)).toBe(false);
    expect(matches({ ...r, startMs: r.startMs - 7_200_000 }, f)).toBe(false);
    expect(matches({ ...r, service: 'other' }, f)).toBe(false);
  });

  it('names what it cannot read', () => {
    expect(filterOf((name) => (name === 'since' ? 'yesterday' : undefined), 0)).toHaveProperty('problem');
    expect(filterOf((name) => (name === 'status' ? '4xx' : undefined), 0)).toHaveProperty('problem');
  });
});

describe('remote text', () => {
  it('becomes inert and stays readable', () => {
    expect(inert('\u001b]8;;http://evil\u0007x\u202e')).toBe('\\u{1b}]8;;http://evil\\u{7}x\\u{202e}');
    expect(inert('é 日本 ok')).toBe('é 日本 ok');
    expect(inert('\ud800')).toBe('\ufffd');
    expect(inert('x'.repeat(50), 10)).toBe(`${'x'.repeat(9)}…`);
  });

  it('is quoted in TraceQL', () => {
    expect(traceqlOf(failure({ code: 'a"} || {\\' }))).toContain('span.api.provider.code = "a\\"} || {\\\\"');
  });
});
