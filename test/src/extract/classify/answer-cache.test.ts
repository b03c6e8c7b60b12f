import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { readBody } from '../../../../src/extract/classify/body-cache.ts';
import { type Answer, extract } from '../../../../src/extract/index.ts';
import { answerOf, NOW, readFixture } from '../fixture.ts';

vi.resetModules();
/** Another instance; it gets its names in a new array each time, so that to it no answer is the same as another. */
const fresh = (await import('../../../../src/extract/index.ts')).extract;

const cases = readFixture().flatMap((entry) => entry.cases);
type Headers = Readonly<Record<string, string>>;

/** By capture, lists of the same names are one array. */
const lists = new Map<string, readonly string[]>();
function stable(answer: Answer): Answer {
  const names = [...answer.headerNames()];
  const key = names.join();
  if (!lists.has(key)) lists.set(key, names);
  return { ...answer, headerNames: () => lists.get(key)! };
}

const BODY = '{"error":{"code":"slow_down","message":"Too fast"}}';
const DATE = { date: 'Thu, 01 Jan 2026 00:00:00 GMT' };
const given = (headers: Headers, more: Partial<Answer> = {}) => ({
  ...answerOf(429, { 'content-type': 'application/json', ...headers }, BODY),
  ...more,
});
const said = (headers: Headers, more: Partial<Answer> = {}) => extract(stable(given(headers, more)));
const sameOf = () => readBody(BODY, 'application/json').facts.cached;

describe('an answer that is the same as the one before', () => {
  it('says what it would say had nothing been seen before, whatever changes of it', () => {
    let same = 0;
    const change = fc.record({
      header: fc.nat(30),
      value: fc.constantFrom('1', '17', '1767225700', 'x', ''),
      status: fc.constantFrom(0, 0, 0, 400, 503),
      host: fc.constantFrom('', '', ...new Set(cases.map((c) => c.host))),
    });
    fc.assert(
      fc.property(fc.constantFrom(...cases), fc.array(change, { maxLength: 4 }), (c, changes) => {
        const first = answerOf(c.status, c.headers, c.body, c.host);
        for (let i = 0; i < 3; i++) extract(stable(first));
        const { cached: before } = readBody(c.body, c.headers['content-type']).facts;
        expect(extract(stable(first))).toEqual(fresh(first));
        if (before && readBody(c.body, c.headers['content-type']).facts.cached === before) same++;
        for (const { header, value, status, host } of changes) {
          const names = Object.keys(c.headers);
          const name = names[header % names.length]!;
          const headers = names.length === 0 || name === 'content-type' ? c.headers : { ...c.headers, [name]: value };
          const changed = answerOf(status || c.status, headers, c.body, host || c.host);
          expect(extract(stable(changed))).toEqual(fresh(changed));
        }
        expect(extract(stable(first))).toEqual(fresh(first));
      }),
      { numRuns: 1000, seed: 20_260_103 },
    );
    expect(same).toBeGreaterThan(500);
  });

  it('is not read again', () => {
    const headers = { ...DATE, 'retry-after': '7', 'x-request-id': 'req_1111' };
    for (let i = 0; i < 2; i++) said(headers);
    const before = sameOf();
    expect(before).toBeDefined();
    expect(said({ ...headers, 'x-request-id': 'req_2222' })).toMatchObject({ requestId: 'req_2222', retryAfter: 7 });
    expect(sameOf()).toBe(before);
  });

  it('is not read again because a second has passed that nothing was counted from', () => {
    for (let i = 0; i < 2; i++) said(DATE);
    const before = sameOf();
    said({ date: 'Thu, 01 Jan 2026 00:00:01 GMT' });
    expect(sameOf()).toBe(before);
  });

  it('keeps what it said to itself', () => {
    for (let i = 0; i < 3; i++) said({ ...DATE, 'retry-after': '5' });
    const first = said({ ...DATE, 'retry-after': '5' });
    first.code = 'mine';
    expect(said({ ...DATE, 'retry-after': '5' }).code).toBe('slow_down');
  });
});

describe('an answer that only looks the same', () => {
  it.each([
    ['another value of a header', { ...DATE, 'retry-after': '7' }, { ...DATE, 'retry-after': '9' }, {}],
    [
      'another second',
      { ...DATE, 'x-ratelimit-reset': '1767225660' },
      { date: 'Thu, 01 Jan 2026 00:00:01 GMT', 'x-ratelimit-reset': '1767225660' },
      {},
    ],
    ['a header more', { ...DATE }, { ...DATE, 'retry-after': '4' }, {}],
    ['another status', { ...DATE }, { ...DATE }, { status: 401 }],
    [
      'a value where there was none',
      { ...DATE, 'retry-after': undefined as never },
      { ...DATE, 'retry-after': '4' },
      {},
    ],
  ] as const)('is read anew: %s', (_what, before, after, more) => {
    for (let i = 0; i < 3; i++) said(before);
    const anew = given(after, more);
    expect(extract(stable(anew))).toEqual(fresh(anew));
  });

  it('is read anew where the time counts and only the caller knows it', () => {
    for (const date of [{}, { date: 'now' }] as Headers[]) {
      const reset = { ...date, 'x-ratelimit-remaining': '5', 'x-ratelimit-reset': String(NOW / 1000 + 60) };
      for (let i = 0; i < 3; i++) expect(said(reset, { status: 400 }).rateLimit?.reset).toBe(60);
      expect(said(reset, { status: 400, nowMs: NOW + 20_000 }).rateLimit?.reset).toBe(40);
      const retry = { ...date, 'retry-after': new Date(NOW + 60_000).toUTCString() };
      for (let i = 0; i < 3; i++) expect(said(retry).retryAfter).toBe(60);
      expect(said(retry, { nowMs: NOW + 20_000 }).retryAfter).toBe(40);
    }
  });

  it('is not kept with long headers', () => {
    for (let i = 0; i < 3; i++) said({ ...DATE, server: 'x'.repeat(2000) });
    expect(sameOf()).toBeUndefined();
    for (let i = 0; i < 3; i++) said({ ...DATE, server: 'x' });
    expect(sameOf()).toBeDefined();
  });
});
