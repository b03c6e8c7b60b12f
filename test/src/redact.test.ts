import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { VENDOR_KEYS } from '../../src/redact/data/vendor-keys.ts';
import { isCardNumber, looksRandom } from '../../src/redact/identifiers.ts';
import {
  isSecretWord,
  redactBody,
  redactText,
  redactUrl,
  requestHeaders,
  safeHeaders,
  useOwnRules,
} from '../../src/redact/index.ts';
import { KINDS } from '../../src/redact/kinds.ts';
import { isHiddenUnder } from '../../src/redact/named.ts';

const RUNS = { numRuns: 500, seed: 11 };

describe('URLs', () => {
  it.each([
    ['https://user:pw@h.example/a?x=1', 'https://REDACTED:REDACTED@h.example/a?x=1'],
    ['https://tok@h.example', 'https://REDACTED:REDACTED@h.example'],
    ['//user@h.example/a', '//REDACTED:REDACTED@h.example/a'],
    ['https://[2001:db8::1]:8443/a', 'https://[2001:db8::1]:8443/a'],
    ['https://h.example:8080/a/b', 'https://h.example:8080/a/b'],
    ['https://h.example/a#top', 'https://h.example/a'],
    ['https://h.example/a?page=2&limit=10&sort=name', 'https://h.example/a?page=2&limit=10&sort=name'],
    ['https://h.example/a?API_KEY=x&page=2', 'https://h.example/a?API_KEY=REDACTED&page=2'],
    ['https://h.example/a?token=&b', 'https://h.example/a?token=&b'],
    ['https://h.example/v1/customers/cus_9s6XKzkNRiz8i3', 'https://h.example/v1/customers/cus_9s6XKzkNRiz8i3'],
    ['https://h.example/@scope/name/-/name-1.0.0.tgz', 'https://h.example/@scope/name/-/name-1.0.0.tgz'],
    ['https://h.example/users/ann@orchard.example', 'https://h.example/users/REDACTED'],
    ['https://h.example/a?b=1;token=2', 'https://h.example/a?b=1;token=REDACTED'],
    ['/a?b=1', '/a?b=1'],
    ['', ''],
  ])('%s → %s', (url, safe) => expect(redactUrl(url)).toBe(safe));

  it('judge a short word as any text is', () => {
    const prefix = fc.constantFrom(
      '',
      ...Object.values(VENDOR_KEYS).join(' ').split(' '),
      'eyJ',
      '4242424242424',
      'DE89',
    );
    const letter = fc.constantFrom(...'abcxyzABCXYZ_0123456789');
    const word = fc
      .tuple(prefix, fc.array(letter, { maxLength: 15 }))
      .map(([start, rest]) => (start + rest.join('')).slice(0, 15).replace(/\W/g, '_'));
    fc.assert(
      fc.property(word, (value) => {
        const secret = redactText(value, 4096) !== value;
        expect(redactUrl(`/a?q=${value}`)).toBe(secret ? '/a?q=REDACTED' : `/a?q=${value}`);
      }),
      { numRuns: 5000, seed: 12 },
    );
    for (const value of ['219-09-9999', '10.1.2.3', 'GB33BUKB20201555555555', '+4915112345678'])
      expect(redactUrl(`/a?page=${encodeURIComponent(value)}`)).toBe('/a?page=REDACTED');
  });

  it('never throw, keep nothing behind a userinfo, and are stable when redacted again', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.string({ unit: 'binary' })),
        (url) => {
          const once = redactUrl(url);
          expect(typeof once).toBe('string');
          expect(redactUrl(once)).toBe(once);
        },
      ),
      RUNS,
    );
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z]{8,12}$/),
        fc.stringMatching(/^[a-z:@/?#\\%;=&.\d]{0,12}$/),
        (secret, noise) => {
          const url = `https://user:zq${secret}${noise}@h.example/a`;
          expect(redactUrl(url)).not.toContain(`zq${secret}`);
        },
      ),
      RUNS,
    );
  });

  it('lose their query when it is longer than 4 KiB, and everything behind the path when longer than 8 KiB', () => {
    expect(redactUrl(`https://h.example/a?x=${'y'.repeat(5000)}`)).toBe('https://h.example/a?REDACTED');
    expect(redactUrl(`https://h.example/a?${'x=1&'.repeat(20_000)}`)).toBe('https://h.example/a');
  });
});

describe('text', () => {
  it.each([
    'Too many requests in live mode.',
    'The card has insufficient funds.',
    'Basic authentication is required',
    'Invalid token: expired',
    'No cluster named c0 exists in group 5f.',
    'Token has been expired or revoked.',
    'upstream connect error or disconnect/reset before headers. reset reason: connection failure',
    "Couldn't authenticate you",
    'The resource projects/pear/locations/europe-west1 was not found (404 at 12:30:45).',
    'ReservedFunctionConcurrentInvocationLimitExceeded',
    'errorCode=003100; statusCode=403',
  ])('keeps: %s', (text) => expect(redactText(text)).toBe(text));

  it.each([
    ['mail ann@orchard.example now', 'mail [email] now'],
    ['from 10.1.2.3 and 2001:db8::8a2e:370:7334', 'from [ip] and [ip]'],
    ['card 4111 1111 1111 1111 declined', 'card [card] declined'],
    ['call +49 30 1234567', 'call [phone]'],
    ['ssn 078-05-1120', 'ssn [ssn]'],
    ['iban DE89 3704 0044 0532 0130 00 is', 'iban [iban] is'],
    ['key sk_live_4eC39HqLyjWDarjtT1zdp7dc', 'key [secret]'],
    ['at postgres://u:p@db/x', 'at postgres://[credentials]db/x'],
    ['Winter%20password%3DWinter77%26x', 'Winter%20password%3D[secret]%26x'],
    ['phone: 555 123 4567, zip', 'phone: [secret], zip'],
    ['a\u0000b\nc', 'a b c'],
    [
      `my words are ${'legal winner thank year wave sausage worth useful legal winner thank yellow'}. Help`,
      'my words are [mnemonic]. Help',
    ],
  ])('%s → %s', (text, safe) => expect(redactText(text)).toBe(safe));

  it('is at most as long as asked, ends well, and drops half a word at the cap', () => {
    expect(redactText('x '.repeat(4000), 256).length).toBeLessThanOrEqual(256);
    expect(redactText(`${'a '.repeat(1000)}sk_live_${'4eC39HqLyj'.repeat(20)}`, 4096)).not.toContain('sk_live_');
    expect(redactText(`${'a '.repeat(1018)}sk_live_4eC39HqLyj`, 4096)).not.toContain('sk_live_');
    expect(redactText(`${'x'.repeat(253)}😀😀`, 256).isWellFormed()).toBe(true);
    expect(redactText('a\ud800b')).toBe('a\ufffdb');
  });

  it('never throws and never exceeds its bound', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 5000 }), fc.integer({ min: 8, max: 512 }), (text, max) => {
        expect(redactText(text, max).length).toBeLessThanOrEqual(max);
      }),
      RUNS,
    );
  });

  it('is dropped, not passed, when a rule fails', () => {
    const spy = vi.spyOn(KINDS[0]!, 'find').mockImplementation(() => {
      throw new Error('broken rule');
    });
    expect(redactText('-----BEGIN PRIVATE KEY----- abc')).toBe('');
    spy.mockRestore();
  });
});

describe('words', () => {
  it.each([
    'rate_limit_exceeded',
    'E0000047',
    'InvalidInstanceID.NotFound',
    'oauth.v2.InvalidApiKey',
    '14_030',
    'sk-short',
    'policies.ratelimit.QuotaViolation',
    'AC',
    'key-value-mismatch',
    're_authentication_required_for_user',
    'SKIPPED_BECAUSE_OF_LIMIT_42',
  ])('%s is no secret', (word) => expect(isSecretWord(word)).toBe(false));

  it('are told apart as every kind for itself would, however they are made up', () => {
    const part = fc.constantFrom(
      ...[
        'sk_live_',
        'sk-',
        're_',
        'ghp_',
        'eyJ',
        'req_',
        '4222222222222',
        '-',
        '_',
        'a1B2c3D4',
        '12345678:',
        '@x.example',
        'Zz9',
      ],
    );
    const word = fc.array(fc.oneof(part, fc.stringMatching(/^[\w-]{1,4}$/)), { minLength: 1, maxLength: 8 });
    let secrets = 0;
    fc.assert(
      fc.property(word, fc.constantFrom(undefined, 'token'), (parts, except) => {
        const text = parts.join('');
        const one = KINDS.some(
          (kind) => kind.word !== undefined && kind.name !== except && kind.word(text, text.toLowerCase()).length > 0,
        );
        if (one) secrets++;
        expect(isSecretWord(text, except)).toBe(one);
      }),
      { ...RUNS, numRuns: 4000 },
    );
    expect(secrets).toBeGreaterThan(200);
  });
  it('tells random from spoken', () => {
    expect(looksRandom('9f86d081884c7d659a2feaa0c55ad015')).toBe(true);
    expect(looksRandom('wJalrXUtn5EMI/K7MDE2G/bPxRfiCY9zQ8tPLEkEy')).toBe(true);
    expect(looksRandom('HourlyApiInvocationLimitExceededForTenant')).toBe(false);
  });
  it('checks card numbers', () => {
    expect(isCardNumber('4111 1111 1111 1111')).toBe(true);
    expect(isCardNumber('4111 1111 1111 1112')).toBe(false);
    expect(isCardNumber('42')).toBe(false);
  });
});

describe('names', () => {
  it.each([
    'page',
    'limit',
    'sort',
    'q',
    'fields',
    'offset',
    'country',
    'author',
    'monkey',
    'statement',
    'assignee',
    'max_tokens',
    'token_type',
    'nextPageToken',
    'passed',
    'compass',
    'keyword',
    'X'.repeat(9),
  ])('%s is shown', (key) => expect(isHiddenUnder(key, 'Winter77')).toBe(false));
  it.each([
    'password',
    'X-Amz-Credential',
    'refreshToken',
    'user[secret]',
    'a.b.api-key',
    'x'.repeat(200),
    'mysqlpw',
    'cvv2',
    'state',
    'first_name',
  ])('%s is secret or personal', (key) => expect(isHiddenUnder(key, 'Winter77')).toBe(true));
});

describe('what an operator adds', () => {
  const use = (redact: string, keep = ''): void =>
    useOwnRules(
      loadConfig({ FAULTLAYER_REDACT: redact, FAULTLAYER_REDACT_QUERY: 'voucher', FAULTLAYER_KEEP: keep }).config,
    );
  afterEach(() => useOwnRules(loadConfig({}).config));

  it('is hidden in queries, texts, bodies and headers alike', () => {
    use('ticket_no, *_ref, =EMP-*');
    expect(redactUrl('https://h.example/EMP-77?ticketNo=1&Voucher=2&order-ref=7&page=3')).toBe(
      'https://h.example/REDACTED?ticketNo=REDACTED&Voucher=REDACTED&order-ref=REDACTED&page=3',
    );
    expect(redactText('ticket_no=17 of EMP-4711, page: 2')).toBe('ticket_no=[secret] of [secret], page: 2');
    expect(redactBody('{"ticket_no":1742,"a":{"shop_ref":"abc"},"note":"by EMP-1"}', 'response')).toBe(
      '{"ticket_no":"[secret]","a":{"shop_ref":"[secret]"},"note":"by [secret]"}',
    );
    expect(redactBody('<a><ticketNo>17</ticketNo></a>', 'request')).toBe('<a><ticketNo>[secret]</ticketNo></a>');
    useOwnRules(loadConfig({ FAULTLAYER_REDACT: 'server, accept' }).config);
    expect(safeHeaders([['Server', 'x']])).toEqual([]);
    expect(requestHeaders(['accept'], () => 'text/html')).toEqual([['accept', 'REDACTED']]);
  });
  it('is kept, but for a key that its form gives away', () => {
    use('', 'state, username, X-Tenant, =lee@orchard.example');
    expect(redactUrl('/a?state=Zq81xAbC&username=lee')).toBe('/a?state=Zq81xAbC&username=lee');
    expect(redactText('mail lee@orchard.example, ann@orchard.example')).toBe('mail lee@orchard.example, [email]');
    expect(redactUrl('/a?state=sk_live_4eC39HqLyjWDarjtT1zdp7dc')).toBe('/a?state=REDACTED');
    expect(safeHeaders([['X-Tenant', 'orchard']])).toEqual([['x-tenant', 'orchard']]);
    use('state', 'state');
    expect(redactUrl('/a?state=Zq81xAbC')).toBe('/a?state=REDACTED');
  });
  it('is refused at start where it can match nothing, or everything', () => {
    for (const rule of ['***', '???', '=*', 'x'.repeat(200)])
      expect(loadConfig({ FAULTLAYER_REDACT: rule }).problems[0]).toMatch(/^FAULTLAYER_REDACT must /);
  });
});

describe('headers', () => {
  it('show the allowed ones, redacted', () => {
    expect(
      safeHeaders([
        ['Content-Type', 'application/json'],
        ['X-Request-ID', 'req_1'],
        ['Retry-After', '3'],
        ['Location', 'https://u:p@h.example/a?token=x'],
        ['X-RateLimit-Remaining', '0'],
        ['Authorization', 'Bearer x'],
        ['X-Whatever', 'y'],
      ]),
    ).toEqual([
      ['content-type', 'application/json'],
      ['x-request-id', 'req_1'],
      ['retry-after', '3'],
      ['location', 'https://REDACTED:REDACTED@h.example/a?token=REDACTED'],
      ['x-ratelimit-remaining', '0'],
    ]);
  });
  it('are bounded in number and length', () => {
    const many = safeHeaders(Array.from({ length: 500 }, () => ['server', 'x '.repeat(2000)] as const));
    expect(many).toHaveLength(64);
    expect(Math.max(...many.map(([, value]) => value.length))).toBeLessThanOrEqual(256);
  });
});

describe('a request’s headers', () => {
  const of = (given: Record<string, string>) => requestHeaders(Object.keys(given), (name) => given[name]);

  it('keep the values that decide how a provider reads the request', () => {
    const given = {
      accept: 'application/vnd.github.v3+json, */*;q=0.1',
      'content-type': 'application/json; charset=utf-8',
      'content-encoding': 'gzip',
      'user-agent': 'OpenAI/JS 4.28.0',
      'anthropic-version': '2023-06-01',
      'stripe-version': '2024-06-20; custom_checkout_beta=v1',
      'notion-version': '2022-06-28',
      'x-github-api-version': '2022-11-28',
      'x-ms-version': '2021-08-06',
      'x-api-version': '3',
      'x-amz-target': 'DynamoDB_20120810.GetItem',
      'openai-beta': 'assistants=v2',
      prefer: 'return=representation',
      range: 'bytes=0-99',
      'x-request-id': '123e4567-e89b-42d3-a456-426614174000',
    };
    expect(Object.fromEntries(of(given))).toEqual(given);
  });
  it('name every other header that a copy needs, and leave out what every client makes anew', () => {
    expect(
      of({
        Cookie: 'a=b',
        'X-Tenant': '42',
        'openai-organization': 'org-1',
        'idempotency-key': 'k',
        'x-api-key': 'k',
        authorization: 'Bearer x',
        'proxy-authorization': 'Basic x',
        host: 'h',
        'content-length': '3',
        traceparent: '00-1-2-03',
        'x-amz-date': '20260101T000000Z',
        'sec-fetch-mode': 'cors',
        'x-stainless-os': 'Linux',
      }),
    ).toEqual(
      ['cookie', 'x-tenant', 'openai-organization', 'idempotency-key', 'x-api-key'].map((n) => [n, 'REDACTED']),
    );
  });
  it('never show a multipart boundary, nor a value that looks like a secret', () => {
    expect(
      of({
        'content-type': 'multipart/form-data; boundary=hunter2',
        accept: 'sk_live_4eC39HqLyjWDarjtT1zdp7dc',
        'user-agent': 'me/1 (ops@example.com)',
      }),
    ).toEqual([
      ['content-type', 'multipart/form-data'],
      ['accept', 'REDACTED'],
      ['user-agent', 'me/1 ([email])'],
    ]);
  });
  it('are bounded in number and length', () => {
    expect(of(Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`x-h-${i}`, 'v'])))).toHaveLength(32);
    expect(of({ 'user-agent': 'a '.repeat(5000) })[0]![1].length).toBeLessThanOrEqual(256);
    expect(of({ [`x${'-a'.repeat(99)}`]: 'v', 'a b': 'v' })).toEqual([]);
  });
});

describe('users’ own rules', () => {
  it('are refused at start with the reason, and none is an expression', () => {
    for (const [name, value] of [
      ['FAULTLAYER_URL_TEMPLATES', '(a+)+$'],
      ['FAULTLAYER_URL_TEMPLATES', '/a/**/b'],
      ['FAULTLAYER_PROVIDERS', '(a+)+$'],
      ['FAULTLAYER_REDACT_QUERY', '???'],
    ] as const)
      expect(loadConfig({ [name]: value }).problems[0]).toMatch(new RegExp(`^${name} must `));
  });
});
