import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Evidence, extract } from '../../src/extract/index.ts';
import { isSecretWord } from '../../src/redact/index.ts';
import { answerOf, readFixture } from './extract/fixture.ts';

const RUNS = { numRuns: 600, seed: 20_260_101 };
const cases = readFixture().flatMap((entry) => entry.cases);

/** Names an object: never a code, but what a message is about. */
const UUID = '550e8400-e29b-41d4-a716-446655440000';
/** Values that must never come out as a code. */
const SECRETS = [
  'sk_live_4eC39HqLyjWDarjtT1zdp7dc',
  'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
  'AKIAIOSFODNN7EXAMPLE',
  'xoxb-123456789012-abcdefGHIJKL',
  'ann.lee@orchard.example',
  '4111111111111111',
  '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  UUID,
  '10.1.2.3',
];
const STATUSES = [200, 204, 301, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 529, 530];

/** What holds for every answer. */
function check(e: Evidence, status: number): void {
  for (const code of [e.code, e.subcode]) {
    if (code === undefined) continue;
    expect(code.length).toBeLessThanOrEqual(128);
    expect(code).not.toBe(String(status));
    expect(code.split(' ').length).toBeLessThanOrEqual(4);
    expect(code).not.toMatch(/[.!?]$/);
    expect(SECRETS).not.toContain(code);
    expect(isSecretWord(code)).toBe(false);
  }
  expect(e.message?.length ?? 0).toBeLessThanOrEqual(256);
  expect(e.requestId?.length ?? 0).toBeLessThanOrEqual(128);
  for (const seconds of [e.retryAfter, e.rateLimit?.reset])
    expect(seconds === undefined || (seconds >= 0 && seconds <= 366 * 86_400)).toBe(true);
  for (const secret of SECRETS.filter((s) => s !== UUID)) expect(JSON.stringify(e.message ?? '')).not.toContain(secret);
  if (status < 400 && !e.failedIn2xx) expect(e.code).toBeUndefined();
}

const keys = fc.constantFrom(
  ...[
    'error',
    'errors',
    'code',
    'message',
    'type',
    'status',
    'reason',
    'details',
    'detail',
    'data',
    'fault',
    'id',
    'title',
    'name',
  ],
  ...[
    'error_code',
    'errorCode',
    '__type',
    '@type',
    'extensions',
    'request_id',
    'retry_after',
    '__proto__',
    'constructor',
    'toString',
  ],
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(...SECRETS),
    fc.string(),
    fc.integer(),
    fc.constantFrom(null, true, false, 400, 404, '429', 'Not Found', 'a b c.', 'rate_limited'),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(keys, tie('tree'), { maxKeys: 6 }),
  ),
}));
const status = fc.constantFrom(...STATUSES);

describe('extract, whatever comes', () => {
  it('reads arbitrary trees without a throw, a sentence, a status or a secret as a code', () => {
    fc.assert(
      fc.property(tree, status, (body, s) => check(extract(answerOf(s, {}, JSON.stringify(body))), s)),
      RUNS,
    );
  });

  it('reads arbitrary text, bytes and headers', () => {
    const header = fc.constantFrom(
      'retry-after',
      'x-request-id',
      'x-ratelimit-reset',
      'ratelimit',
      'x-error-code',
      'date',
      'grpc-status',
    );
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        status,
        fc.dictionary(header, fc.string()),
        (body, s, headers) => check(extract(answerOf(s, headers, body)), s),
      ),
      RUNS,
    );
  });

  it('reads real answers that were cut, doubled, shuffled or had characters replaced', () => {
    const mutation = fc.record({
      index: fc.nat(cases.length - 1),
      from: fc.nat(400),
      length: fc.nat(20),
      insert: fc.constantFrom('', '"', '{', '}', '[', '\\', ',', '\u0000', '\ud800', '<', '&', ...SECRETS),
      cut: fc.nat(600),
      status,
    });
    fc.assert(
      fc.property(mutation, ({ index, from, length, insert, cut, status: s }) => {
        const c = cases[index]!;
        const body = (c.body.slice(0, from) + insert + c.body.slice(from + length)).slice(0, cut);
        check(extract(answerOf(s, c.headers, body, c.host)), s);
      }),
      RUNS,
    );
  });

  it('gives the same code for a body cut anywhere behind the code, and never half of one', () => {
    const codes = new Set<string | undefined>();
    const body =
      '{"status":400,"error":{"code":"crate_is_sealed","message":"The crate is sealed."},"request_id":"rq-1"}';
    for (let end = 0; end <= body.length; end++) codes.add(extract(answerOf(400, {}, body.slice(0, end))).code);
    expect([...codes]).toEqual([undefined, 'crate_is_sealed']);
    const numbers = new Set<string | undefined>();
    const numeric = '{"code":70012,"message":"No."}';
    for (let end = 0; end <= numeric.length; end++) numbers.add(extract(answerOf(400, {}, numeric.slice(0, end))).code);
    expect([...numbers]).toEqual([undefined, '70012']);
  });

  it('puts no secret where a code, a request ID or a message could be', () => {
    for (const secret of SECRETS)
      for (const body of [
        { error: secret },
        { code: secret, message: secret },
        { error: { code: secret, type: secret, message: `It is ${secret}.` } },
        { errors: [{ code: secret, message: secret, id: 1 }] },
        { errors: [secret] },
        { id: secret, message: 'No' },
        { title: secret, type: 'about:blank', status: 400 },
      ]) {
        const e = extract(answerOf(400, { 'x-error-code': secret }, JSON.stringify(body)));
        check(e, 400);
        expect([e.code, e.subcode]).toEqual([undefined, undefined]);
      }
  });

  it('does not reach prototypes', () => {
    expect(
      extract(answerOf(400, {}, '{"__proto__":{"code":"polluted"},"constructor":{"code":"x_y"}}')).code,
    ).toBeUndefined();
    expect(({} as Record<string, unknown>)['code']).toBeUndefined();
  });
});

describe('extract, at the limits', () => {
  const MONSTERS: Record<string, string> = {
    'deep arrays': '['.repeat(500_000),
    'deep objects': '{"error":'.repeat(100_000),
    'deep XML': '<a>'.repeat(200_000),
    'open attributes': `<a ${'b="'.repeat(100_000)}`,
    'many keys': `{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":${i}`).join(',')}}`,
    'long string': `{"message":"${'x'.repeat(1_000_000)}"}`,
    'long e-mail': `{"message":"${'a.'.repeat(500_000)}@"}`,
    'long digits': `{"message":"${'4'.repeat(1_000_000)}"}`,
    colons: `{"message":"${':'.repeat(1_000_000)}"}`,
    spaces: `${' '.repeat(1_000_000)}{`,
    backslashes: `{"message":"${'\\'.repeat(1_000_000)}`,
    quotes: '"'.repeat(1_000_000),
    commas: `[${','.repeat(1_000_000)}`,
    html: `<html><title>${'<title'.repeat(100_000)}`,
  };
  it.each(Object.entries(MONSTERS))('reads %s, and no more of it than the cap', (_name, body) => {
    const capped = body.slice(0, 16_384);
    const whole = extract(answerOf(500, { server: 'cloudflare' }, body));
    check(whole, 500);
    expect(whole).toEqual(extract(answerOf(500, { server: 'cloudflare' }, capped)));
  });

  it('reads at most 128 headers', () => {
    let read = 0;
    const e = extract({
      status: 500,
      host: 'a.example',
      header: () => undefined,
      *headerNames() {
        for (;;) {
          read++;
          yield `x-${read}`;
        }
      },
      nowMs: 0,
    });
    expect(e).toEqual({ failedIn2xx: false });
    expect(read).toBe(128);
  });

  it('does not throw when the answer does', () => {
    const broken = (): never => {
      throw new Error('gone');
    };
    expect(extract({ status: 500, host: 'a', header: broken, headerNames: broken, nowMs: 0 })).toEqual({
      failedIn2xx: false,
    });
  });
});
