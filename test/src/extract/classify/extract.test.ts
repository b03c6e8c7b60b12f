import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { readBody } from '../../../../src/extract/classify/extract.ts';
import { extract } from '../../../../src/extract/index.ts';
import { layerOfAnswer } from '../../../../src/layers/answer.ts';
import { answerOf, readFixture } from '../fixture.ts';

vi.resetModules();
/** Another instance, which remembers nothing of what this one has seen. */
const fresh = (await import('../../../../src/extract/index.ts')).extract;

const cases = readFixture().flatMap((entry) => entry.cases);
const JSON_TYPE = { 'content-type': 'application/json' };
const failing = (body: string, headers: Record<string, string> = {}, status = 429) =>
  extract(answerOf(status, { ...JSON_TYPE, ...headers }, body));
const readingOf = (body: string) => readBody(body, 'application/json').facts;

/** Another text of the same look: digits for digits, letters for letters. */
function disguised(text: string, random: readonly number[]): string {
  let i = 0;
  const from = (letters: string) => letters[random[i++ % random.length]! % letters.length]!;
  return text
    .replaceAll(/[a-f]/g, () => from('abcdef'))
    .replaceAll(/[g-z]/g, () => from('ghjkmnpqrstuvwxyz'))
    .replaceAll(/[A-Z]/g, () => from('ABCDEFGHJKLMNPQRSTUVWXYZ'))
    .replaceAll(/\d/g, () => from('123456789'));
}

describe('an answer that repeats an earlier one but for its request ID', () => {
  const identified = cases.filter((c) => c.expect.request_id !== null && c.body.includes(c.expect.request_id));

  it('says what it would say had nothing been seen before, with its own ID', () => {
    expect(identified.length).toBeGreaterThan(30);
    let recognised = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...identified),
        fc.array(fc.nat(1000), { minLength: 40, maxLength: 40 }),
        (c, random) => {
          const id = c.expect.request_id!;
          const body = c.body.replaceAll(id, disguised(id, random));
          extract(answerOf(c.status, c.headers, c.body, c.host));
          const type = c.headers['content-type'];
          const { facts } = readBody(c.body, type);
          if (readBody(body, type).facts === facts) recognised++;
          expect(extract(answerOf(c.status, c.headers, body, c.host))).toEqual(
            fresh(answerOf(c.status, c.headers, body, c.host)),
          );
        },
      ),
      { numRuns: 1500, seed: 20_260_102 },
    );
    expect(recognised).toBeGreaterThan(1000);
  });

  it('is recognised in XML too', () => {
    const xml = (id: string) =>
      `<Error><Code>SlowDown</Code><Message>Slow</Message><RequestId>${id}</RequestId></Error>`;
    const said = (id: string) => extract(answerOf(503, { 'content-type': 'application/xml' }, xml(id)));
    expect(said('4442587FB7D0A2F9')).toMatchObject({ code: 'SlowDown', requestId: '4442587FB7D0A2F9' });
    expect(said('9B4FA9D1C2E3F405')).toMatchObject({ code: 'SlowDown', requestId: '9B4FA9D1C2E3F405' });
    const type = 'application/xml';
    expect(readBody(xml('9B4FA9D1C2E3F405'), type).facts).toBe(readBody(xml('4442587FB7D0A2F9'), type).facts);
  });

  it('keeps its own headers', () => {
    const body = (id: string) => `{"error":{"code":"slow_down","message":"Too fast"},"request_id":"${id}"}`;
    expect(failing(body('req_1111'), { 'retry-after': '7', 'x-request-id': 'front-1' })).toMatchObject({
      requestId: 'front-1',
      retryAfter: 7,
    });
    expect(failing(body('req_2222'), { 'retry-after': '9' })).toMatchObject({ requestId: 'req_2222', retryAfter: 9 });
    expect(failing(body('req_3333'), {}, 401)).toMatchObject({ requestId: 'req_3333', code: 'slow_down' });
  });
});

describe('an answer with the body and the header names of an earlier one', () => {
  const names = ['content-type', 'date', 'retry-after', 'x-ratelimit-reset', 'x-request-id'];
  const DATE = 'Mon, 30 Nov 2026 12:00:00 GMT';
  const said = (
    read: typeof extract,
    headers: Record<string, string>,
    more: { status?: number; nowMs?: number } = {},
  ) =>
    read({
      ...{ status: 429, host: 'api.example.com', nowMs: Date.parse(DATE), ...more },
      body: `{"error":{"code":"slow_down","message":"wait"},"request_id":"req_0000000${counter++ % 10}"}`,
      contentType: 'application/json',
      header: (name) => ({ ...JSON_TYPE, ...headers })[name],
      headerNames: () => names,
    });
  let counter = 0;
  const first = { date: DATE, 'retry-after': '7', 'x-request-id': 'req_a1' };

  it('says what its own headers say', () => {
    const until = { 'retry-after': 'Mon, 30 Nov 2026 12:01:00 GMT' };
    for (const [headers, retryAfter, requestId] of [
      [first, 7, 'req_a1'],
      [first, 7, 'req_a1'],
      [{ ...first, 'x-request-id': 'req_b2' }, 7, 'req_b2'],
      [{ ...first, 'retry-after': '9' }, 9, 'req_a1'],
      [{ ...first, ...until, date: 'Mon, 30 Nov 2026 12:00:30 GMT' }, 30, 'req_a1'],
      [{ ...first, ...until, date: 'Mon, 30 Nov 2026 12:00:40 GMT' }, 20, 'req_a1'],
      [first, 7, 'req_a1'],
    ] as const) {
      counter = 0;
      expect(said(extract, headers)).toMatchObject({ code: 'slow_down', retryAfter, requestId });
    }
    const said503 = said(extract, first, { status: 503 });
    expect(said503).toEqual(said(fresh, first, { status: 503 }));
  });

  it('tells its waits by the clock of the caller where it has no date', () => {
    const reset = { 'x-ratelimit-reset': String(Date.parse(DATE) / 1000 + 60) };
    for (const late of [0, 0, 20]) {
      const { retryAfter } = said(extract, reset, { nowMs: Date.parse(DATE) + late * 1000 });
      expect(retryAfter).toBe(60 - late);
    }
  });

  it('shares nothing that one of them could change', () => {
    const [one, other] = [said(extract, first), said(extract, first)];
    one.code = 'changed';
    expect(other.code).toBe('slow_down');
    expect(said(extract, first).code).toBe('slow_down');
  });
});

describe('an answer that only looks like an earlier one', () => {
  it('is read anew where more than the ID differs', () => {
    const body = (code: string, id: string) => `{"error":{"code":"${code}","message":"No"},"trace_id":"${id}"}`;
    expect(failing(body('card_declined', 'abc12345'))).toMatchObject({ code: 'card_declined', requestId: 'abc12345' });
    expect(failing(body('card_refunded', 'abc12345'))).toMatchObject({ code: 'card_refunded', requestId: 'abc12345' });
    expect(failing(body('card_declined', 'xyz98765'))).toMatchObject({ code: 'card_declined', requestId: 'xyz98765' });
  });

  it('is read anew where a secret, an escape or a word stands for the ID', () => {
    const body = (id: string) => `{"error":{"code":"bad_things","message":"No"},"request_id":"${id}"}`;
    const id = 'req_4eC39HqLyjWDarjtT1zdp7dc0000';
    expect(failing(body(id)).requestId).toBe(id);
    expect(failing(body('sk_live_4eC39HqLyjWDarjtT1zdp7dc')).requestId).toBeUndefined();
    expect(failing(body('req_4eC39HqLyjWDarjtT1zdp7dc\\n00')).requestId).toBeUndefined();
  });

  it('is read anew where the ID stands in its words as well', () => {
    const body = (id: string) => `{"request_id":"${id}","error":{"code":"bad_things","message":"See ${id}"}}`;
    expect(failing(body('req_1111'))).toMatchObject({ message: 'See req_1111', requestId: 'req_1111' });
    expect(failing(body('req_2222'))).toMatchObject({ message: 'See req_2222', requestId: 'req_2222' });
    const both = (trace: string) => `{"code":"bad_things","trace_id":"${trace}","request_id":"req_1111"}`;
    expect(failing(both('req_1111')).requestId).toBe('req_1111');
    expect(failing(both('req_2222')).requestId).toBe('req_1111');
  });

  it('is read anew where the ID is the message too', () => {
    const body = (id: string) => `{"errors":[{"id":"${id}","status":"404"}]}`;
    for (const id of ['a1b2c3d4', 'e5f6a7b8', 'a1b2c3d4'])
      expect(failing(body(id))).toMatchObject({ message: id, requestId: id });
  });

  it('is read anew where what comes after the ID differs, or the ID is a number', () => {
    const body = (id: string, code: string) => `{"request_id":${id},"error":{"code":"${code}","message":"No"}}`;
    expect(failing(body('"req_1111"', 'card_declined')).code).toBe('card_declined');
    expect(failing(body('"req_1111"', 'card_refunded')).code).toBe('card_refunded');
    expect(failing(body('12345678', 'card_declined')).requestId).toBe('12345678');
    expect(failing(body('1.345678', 'card_declined')).requestId).toBeUndefined();
  });

  it('is read anew where it goes on behind an earlier one, with the same hash', () => {
    const more = 'x'.repeat(64);
    for (const text of ['{"message":"over limit"}', `{"message":"over limit"}${more}`])
      expect(failing(text)).toEqual(fresh(answerOf(429, JSON_TYPE, text)));
    expect(readingOf(`{"message":"over limit"}${more}`)).not.toBe(readingOf('{"message":"over limit"}'));
  });

  it('is read anew where its type is another, or it is long', () => {
    const form = 'state=x&error=invalid_grant';
    const typed = (type: string) => extract(answerOf(400, { 'content-type': type }, form)).code;
    expect(typed('text/plain')).toBeUndefined();
    expect(typed('application/x-www-form-urlencoded')).toBe('invalid_grant');
    const body = (id: string) => `{"error":{"code":"bad_things"},"pad":"${'x'.repeat(3000)}","request_id":"${id}"}`;
    expect(failing(body('req_1111')).requestId).toBe('req_1111');
    expect(failing(body('req_2222')).requestId).toBe('req_2222');
    expect(readingOf(body('req_1111'))).not.toBe(readingOf(body('req_1111')));
  });

  it('answers by status and provider, not by the body alone', () => {
    const body = '{"code":429,"message":"limit reached"}';
    for (const status of [429, 400, 429, 500])
      expect(failing(body, {}, status)).toEqual(fresh(answerOf(status, JSON_TYPE, body)));
  });
});

describe('a 403 without a code', () => {
  const told = (headers: Record<string, string>, body: object = { message: 'Slow down.' }) => {
    const evidence = failing(JSON.stringify(body), headers, 403);
    return [layerOfAnswer(403, evidence, 'github'), evidence.limitKind];
  };

  it('is a limit where it says when to come back, else a matter of permission', () => {
    expect(told({ 'retry-after': '60' })).toEqual(['throttling', 'requests']);
    const spent = { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1767226200' };
    expect(told(spent, { message: 'API rate limit exceeded' })).toEqual(['throttling', 'requests']);
    expect(told({ ...spent, 'x-ratelimit-remaining': '9' })).toEqual(['auth', undefined]);
    expect(told({ 'retry-after': '60' }, { code: 'no_admin' })).toEqual(['auth', undefined]);
  });
});

it('a body that says the wait with fractions is exacter than whole seconds', () => {
  expect(failing('{"retry_after":0.42}', { 'retry-after': '1' }).retryAfter).toBe(0.42);
  expect(failing('{"retry_after":0.42}', { 'retry-after': '9' }).retryAfter).toBe(9);
  expect(failing('{"retry_after":9.5}', { 'retry-after': '9' }).retryAfter).toBe(9);
});
