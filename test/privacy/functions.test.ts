import { describe, expect, it } from 'vitest';
import { extract } from '../../src/extract/index.ts';
import { redactText, redactUrl, requestHeaders, safeHeaders } from '../../src/redact/index.ts';
import { templateOf } from '../../src/template/index.ts';
import { canary, leaks, plain, SHAPED_KINDS } from './canaries.ts';

const answer = (status: number, headers: Record<string, string>, body: string) =>
  extract({
    status,
    host: 'api.orchard.example',
    header: (n) => headers[n],
    headerNames: () => Object.keys(headers),
    body,
    nowMs: 0,
  });

it('plants at least sixty kinds', () => {
  expect(SHAPED_KINDS.length).toBeGreaterThanOrEqual(60);
});

describe.each(SHAPED_KINDS)('%s', (kind) => {
  const c = canary(kind, 'functions');
  const s = c.value;
  const none = (output: unknown): void => expect(leaks(JSON.stringify(output), [c])).toEqual([]);

  it('is in no text', () => {
    for (const text of [
      s,
      `The key ${s} is not valid.`,
      `key=${s}`,
      `"${s}"`,
      `(${s})`,
      `${s}, please`,
      `https://h.example/x?q=${s}`,
      `a:${s}`,
    ])
      none(redactText(text));
  });
  it('is in no URL', () => {
    const e = encodeURIComponent(s);
    for (const url of [
      `https://h.example/a/${e}/b`,
      `https://h.example/a/${s}`,
      `https://h.example/a?q=${e}`,
      `https://h.example/a?q=${s}&b=1`,
      `https://h.example/a?${e}`,
      `https://h.example/a?${e}=1`,
      `https://h.example/a#${e}`,
      `https://${e}:${e}@h.example/`,
      `https://h.example/a;p=${e}`,
      `/relative/${e}?q=${e}`,
      `https://h.example/cb?next=${encodeURIComponent(`https://x.example/?k=${e}`)}`,
    ])
      none(redactUrl(url));
  });
  it('is in no template', () => none([templateOf(`/a/${encodeURIComponent(s)}/b`), templateOf(`/a/${s}`)]));
  it('is in nothing that a problem, a batch or odd names say', () => {
    for (const body of [
      { type: `/problems/${s}`, title: `No ${s}`, status: 400 },
      { error: { type: `https://h.example/problems/${s}`, title: 'x' } },
      { pear_trace_id: s, trackingId: s, errors: [{ errorIdentifier: s, statusCode: s }] },
      { imdata: [{ error: { attributes: { code: s, text: s } } }] },
      { [s]: { message: 'No', code: 400 } },
    ])
      none(answer(400, {}, JSON.stringify(body)));
    none(answer(207, {}, JSON.stringify({ results: [{ status: 400, error: { code: s, message: s } }] })));
    none(answer(502, { 'proxy-status': `edge; error=${s}`, 'x-pear-rid': s, sunset: s, deprecation: s }, ''));
  });
  it('is in no header', () => {
    none(
      safeHeaders([
        ['Location', `https://h.example/cb?q=${s}`],
        ['X-Request-Id', s],
        ['Server', s],
        ['X-Custom', s],
        ['X-Error-Code', s],
        ['User-Agent', `app/1 ${s}`],
        ['Link', `<https://h.example/?q=${s}>; rel=next`],
      ]),
    );
    const names = ['Accept', 'Stripe-Version', 'X-Request-Id', 'User-Agent', 'Content-Type', 'Prefer', 'X-Custom'];
    none(requestHeaders(names, () => s));
    none(requestHeaders(names, () => `v1; a=${s}`));
    // Only a name that could be sent at all: RFC 9110 §5.6.2.
    if (/^[\w-]+$/.test(s)) none(requestHeaders([s, `x-${s}`], () => 'v'));
  });
  it('is in no evidence', () => {
    for (const body of [
      { error: s, message: s },
      { error: { code: s, type: s, message: `No ${s} here`, param: s } },
      { errors: [{ code: s, message: s, detail: s }] },
      { code: s, detail: s },
      { errors: { [s]: [s] } },
      { title: `Bad ${s}`, type: `https://h.example/problems/${encodeURIComponent(s)}`, status: 400 },
    ])
      none(
        answer(
          400,
          { 'x-error-code': s, 'x-error-message': s, 'www-authenticate': `Bearer error="${s}"` },
          JSON.stringify(body),
        ),
      );
    none(answer(500, {}, `<Error><Code>${s}</Code><Message>${s}</Message></Error>`));
    none(answer(500, {}, `<html><title>${s}</title></html>`));
    none(answer(500, {}, s));
    none(answer(200, { 'grpc-status': '7', 'grpc-message': encodeURIComponent(`No ${s}`) }, ''));
  });
});

describe('values that only their place gives away', () => {
  const KEYS =
    'AWSAccessKeyId Signature sig X-Goog-Signature X-Amz-Signature X-Amz-Credential X-Amz-Security-Token api_key apikey key token access_token ' +
    'refresh_token id_token auth authorization password passwd secret client_secret code state jwt session sessionid X-Amz-Date X-Goog-Date ' +
    'se sp sv sr API_KEY Api-Key user[password] a.token';
  it.each(KEYS.split(' '))('is not under the query name %s, however it is written', (key) => {
    const c = plain(`query ${key}`);
    const encoded = [...key].map((ch) => `%${ch.charCodeAt(0).toString(16)}`).join('');
    for (const url of [
      `https://h.example/a?${key}=${c.value}`,
      `https://h.example/a?x=1&${key.toUpperCase()}=${c.value}`,
      `https://h.example/a?x=1;${key}=${c.value}`,
      `https://h.example/a?${encoded}=${c.value}`,
      `https://h.example/a?${encodeURIComponent(encoded)}=${c.value}`,
      `https://h.example/a?${key}%3D${c.value}`,
      `https://h.example/a?${key}=1&${key}=${c.value}`,
      `https://h.example/a?f[${key}]=${c.value}`,
      `?${key}=${c.value}`,
    ])
      expect(leaks(redactUrl(url), [c])).toEqual([]);
    const [name = ''] = redactUrl(`https://h.example/a?${key}=${c.value}`).split('?')[1]!.split('=');
    expect(name).toBe(key);
  });

  it.each([
    'https://user:PW@h.example/',
    'https://PW@h.example/',
    '//PW@h.example/a',
    'https://user:PW@[2001:db8::1]:8443/',
    'https://user:PW\\@h.example/',
    'https://user:PW@evil@h.example/',
    'https://user:PW',
    'https://user:PW/x@h.example/',
    'https:\\\\user:PW@h.example\\a',
    'https://user%3APW@h.example/',
    'https://h.example/a#PW',
    'https://h.example/a?%=PW',
    'https://h.example/a?%E0%A4%A=PW',
    'https://h.example/a?token=%PW',
    'mailto:PW',
    'data:text/plain,PW',
    `https://h.example/a?${'x=1&'.repeat(20_000)}q=PW`,
    'https://h.example/a;jsessionid=PW',
    'https://h.example/reset/PW1',
    'postgres://u:PW@h.example/db',
  ])('is not left in %s', (pattern) => {
    const c = plain(pattern.slice(0, 60));
    expect(leaks(redactUrl(pattern.replace('PW', c.value)), [c])).toEqual([]);
  });

  it.each([
    'Authorization: Basic PW',
    'Authorization: Bearer PW123',
    'Cookie: sid=PW; b=2',
    'password=PW',
    'password: PW',
    '{"password":"PW"}',
    "{'client_secret': 'PW'}",
    'Server=a;User Id=b;Password=PW;',
    'AccountKey=PW;EndpointSuffix=x',
    'connect to postgres://app:PW@db/x failed',
    'Invalid API key provided: PW123',
    'grant_type=x&client_secret=PW&scope=y',
    'x-api-key: PW',
    'Set-Cookie: session=PW',
    '-----BEGIN RSA PRIVATE KEY-----\nPW\n-----END RSA PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----\nPW',
    'api_key="PW"',
    'pwd=PW',
    'İİİİİİİİ Bearer PW123',
    'İİİİİİİİ password=PW',
    'Proxy-Authorization: Digest username="PW"',
  ])('is not left in the text %s', (pattern) => {
    const c = plain(pattern);
    expect(leaks(redactText(pattern.replace('PW', c.value)), [c])).toEqual([]);
  });

  it.each([
    'Authorization',
    'Cookie',
    'Set-Cookie',
    'X-Api-Key',
    'Proxy-Authorization',
    'X-Auth-Token',
    'X-Anything',
    'Api-Key',
    'X-Amz-Security-Token',
    'X-Csrf-Token',
    'X-Session-Request-Id',
  ])('is not shown in the header %s', (name) => {
    const c = plain(name);
    expect(safeHeaders([[name, c.value]])).toEqual([]);
    for (const [, value] of requestHeaders([name], () => c.value)) expect(value).toBe('REDACTED');
  });
});
