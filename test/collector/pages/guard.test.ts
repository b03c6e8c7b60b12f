import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../../cli/client.ts';
import { foreign } from '../../../collector/pages/guard.ts';
import { PAGE_ROUTES } from '../../../collector/pages/routes.ts';
import { loginPath, usesCode } from '../../../collector/pages/sign-in.ts';
import { ensureToken, knownToken, tokenFile } from '../../../collector/pages/token.ts';
import { loadConfig } from '../../../src/config.ts';
import { authority } from '../../support/certificates.ts';
import { type CollectorUnderTest, collectorUnderTest, TOKEN } from '../../support/collector.ts';
import { INCIDENTS } from '../../support/incidents.ts';

let c: CollectorUnderTest;
let id: string;
beforeAll(async () => {
  c = await collectorUnderTest({ httpHosts: ['collector.internal'] });
  await c.fail(...INCIDENTS);
  const list = JSON.parse((await get('/api/failures', bearer)).body) as { groups: { records: { id: string }[] }[] };
  id = list.groups[0]!.records[0]!.id;
});
afterAll(() => c[Symbol.asyncDispose]());

const bearer = { authorization: `Bearer ${TOKEN}` };

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}
const get = (path: string, headers: Record<string, string> = {}, method = 'GET', body?: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const req = request({ host: '127.0.0.1', port: c.httpPort, path, method, headers }, (res) => {
      let text = '';
      res.setEncoding('utf8').on('data', (t: string) => (text += t));
      res.on('end', () => resolve({ status: res.statusCode!, headers: res.headers, body: text }));
    });
    req.on('error', reject);
    req.end(body);
  });

/** Sends bytes as they are: what no client library would send. */
const raw = (text: string, port = c.httpPort): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(text));
    socket.setEncoding('latin1').on('data', (t: string) => (answer += t));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });

const EVIDENCE = () => [
  '/failures',
  `/failures/${id}`,
  '/api/failures',
  `/api/failures/${id}`,
  `/trace/${'a'.repeat(32)}`,
];

describe('every route with evidence', () => {
  it('is in this list', () => {
    const open = ['/', '/session', '/session/end', '/assets/page.css', '/assets/page.js'];
    const guarded = PAGE_ROUTES.map((r) => r.path).filter((path) => !open.includes(path));
    expect(guarded).toEqual([
      '/failures',
      '/failures/*',
      '/trace/*',
      '/providers',
      '/api/providers',
      '/api/failures',
      '/api/failures/live',
      '/api/failures/*',
      '/api/login',
    ]);
  });

  it('wants the token, in the header and never in the query', async () => {
    for (const path of EVIDENCE()) {
      expect((await get(path)).status).toBe(401);
      expect((await get(path, { authorization: 'Bearer wrong' })).status).toBe(401);
      expect((await get(`${path}?token=${TOKEN}`)).status).toBe(401);
      expect((await get(path, bearer)).status).toBeLessThan(400);
    }
  });

  it('answers no foreign Host: DNS rebinding', async () => {
    for (const path of EVIDENCE())
      for (const host of [
        'evil.test',
        'evil.test:9468',
        '127.0.0.1.evil.test',
        'localhost.evil.test',
        '[::1].evil.test',
        'a@localhost',
      ])
        expect((await get(path, { ...bearer, host })).status).toBe(403);
    expect((await get('/failures', { ...bearer, host: 'localhost:9468' })).status).toBe(200);
  });

  it('answers no request without Host', async () => {
    for (const path of EVIDENCE()) {
      const answer = await raw(`GET ${path} HTTP/1.0\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    }
  });

  it('answers no foreign Origin and sends no CORS header', async () => {
    for (const path of EVIDENCE()) {
      for (const origin of ['https://evil.test', 'null', 'http://127.0.0.1:1', 'http://localhost.evil.test'])
        expect((await get(path, { ...bearer, origin })).status).toBe(403);
      const own = await get(path, { ...bearer, origin: `http://127.0.0.1:${c.httpPort}` });
      expect(own.status).toBeLessThan(400);
      expect(Object.keys(own.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect((await get(path, { origin: `http://127.0.0.1:${c.httpPort}` }, 'OPTIONS')).status).toBe(405);
    }
  });

  it('carries a policy that allows nothing but its own files', async () => {
    for (const path of [...EVIDENCE(), '/assets/page.js', '/assets/page.css']) {
      const { headers } = await get(path, bearer);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('same-origin');
    }
    const page = (await get(`/failures/${id}`, bearer)).body;
    expect(page).not.toMatch(/<script(?![^>]+src=)|\son\w+=|\sstyle=|<style/);
  });
});

it('the pages judge the Host themselves, wherever the server listens', () => {
  const at = (host: string) => foreign({ method: 'GET', headers: { host } } as IncomingMessage, c.collector.context);
  for (const host of [
    'evil.test',
    'localhost.evil.test',
    '127.0.0.1.evil.test:9468',
    '0x7f.1',
    'collector.internal.evil.test',
    '',
  ])
    expect([host, at(host)]).toEqual([host, expect.stringContaining('host name')]);
  for (const host of ['localhost', 'LOCALHOST:9468', '10.1.2.3:9468', '[::1]:9468', 'collector.internal:9468'])
    expect([host, at(host)]).toEqual([host, undefined]);
});

describe('signing in', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const own = () => ({ ...form, origin: `http://127.0.0.1:${c.httpPort}` });

  it('makes a session that is no token, and ends', async () => {
    const answer = await get('/session', own(), 'POST', `token=${TOKEN}&back=/failures?layer=auth`);
    expect(answer.status).toBe(303);
    expect(answer.headers['location']).toBe('/failures?layer=auth');
    const set = String(answer.headers['set-cookie']);
    expect(set).toContain('HttpOnly; SameSite=Lax');
    expect(set).not.toContain(TOKEN);
    const cookie = set.split(';')[0]!;
    expect((await get('/failures', { cookie })).status).toBe(200);
    const [name, value = ''] = cookie.split('=');
    const [expiry, signature] = value.split('.');
    expect((await get('/failures', { cookie: `${name}=${Number(expiry) + 9}.${signature}` })).status).toBe(401);
    expect(String((await get('/session/end', own(), 'POST')).headers['set-cookie'])).toContain('Max-Age=0');
  });

  it('is refused for a wrong token, and leads nowhere else', async () => {
    expect((await get('/session', own(), 'POST', 'token=wrong')).status).toBe(401);
    for (const back of [
      'https://evil.test',
      '//evil.test',
      '/\\evil.test',
      '/failures/\\evil',
      'javascript:alert(1)',
      '/failures\r\nx: y',
    ]) {
      const answer = await get('/session', own(), 'POST', new URLSearchParams({ token: TOKEN, back }).toString());
      expect(answer.headers['location']).toBe('/failures');
    }
  });

  it('is refused from another site: CSRF', async () => {
    const body = `token=${TOKEN}`;
    for (const path of ['/session', '/session/end']) {
      expect((await get(path, { ...form, origin: 'https://evil.test' }, 'POST', body)).status).toBe(403);
      expect((await get(path, { ...form, origin: 'null' }, 'POST', body)).status).toBe(403);
      expect((await get(path, form, 'POST', body)).status).toBe(403);
      expect((await get(path, { ...own(), 'sec-fetch-site': 'cross-site' }, 'POST', body)).status).toBe(403);
    }
    expect((await get('/session', { ...own(), 'content-type': 'text/plain' }, 'POST', body)).status).toBe(415);
    expect((await get('/session', own(), 'POST', `token=${'x'.repeat(9000)}`)).status).toBe(415);
  });
});

it('serves only an explicit map of files', async () => {
  const paths = [
    '/assets/../../package.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/assets/..%5c..%5cpackage.json',
    '/assets/page.css%00.html',
    '/assets//etc/passwd',
    '/failures/%2e%2e',
    '/failures/..%2f..%2fetc%2fpasswd',
    '/failures/%00',
    '/failures/%zz',
    `/failures/${'x'.repeat(500)}`,
    '/api/failures/..%5c',
    '/trace/%0d%0aset-cookie:x',
  ];
  for (const path of paths) {
    const { status, body, headers } = await get(path, bearer);
    expect([path, status]).toEqual([path, 404]);
    expect(body).not.toContain('"name": "faultlayer"');
    expect(headers['set-cookie']).toBeUndefined();
  }
  expect(await raw('GET http:// HTTP/1.1\r\nHost: localhost\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
});

it('a token is made once, for this user only, and found again', () => {
  const home = mkdtempSync(join(tmpdir(), 'faultlayer-home-'));
  const env = { HOME: home };
  expect(knownToken(undefined, env)).toBeUndefined();
  const token = ensureToken(undefined, env);
  expect(token).toMatch(/^[\w-]{32}$/);
  expect(statSync(tokenFile(env)).mode & 0o777).toBe(0o600);
  expect(readFileSync(tokenFile(env), 'utf8').trim()).toBe(token);
  expect(ensureToken(undefined, env)).toBe(token);
  expect(ensureToken('configured', env)).toBe('configured');
  rmSync(home, { recursive: true, force: true });
});

describe('other ways in', () => {
  const status = async (one: CollectorUnderTest, path: string, headers: Record<string, string> = {}) =>
    (await fetch(one.httpUrl + path, { headers, redirect: 'manual' })).status;

  it('a link that is printed signs in once, in time, and is no token', async () => {
    const url = c.collector.loginUrl();
    expect(url).not.toContain(TOKEN);
    const wrong = await fetch(`${c.httpUrl}/session?code=wrong`, { redirect: 'manual' });
    expect(wrong.status).toBe(401);
    // what only looks where a link leads uses nothing up
    expect((await fetch(url, { method: 'HEAD', redirect: 'manual' })).status).toBe(401);
    const first = await fetch(url, { redirect: 'manual' });
    const cookie = first.headers.get('set-cookie')!.split(';')[0]!;
    expect([first.status, first.headers.get('location')]).toEqual([303, '/failures']);
    expect(await status(c, '/failures', { cookie })).toBe(200);
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(401);
    const { context } = c.collector;
    const late = new URL(`http://h${loginPath(context, Date.now() - 11 * 60_000)}`).searchParams.get('code')!;
    expect(usesCode(context, late)).toBe(false);
  });

  it('a token comes from a file, and one that cannot be read is said at start', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'faultlayer-secret-'));
    const file = join(folder, 'token');
    writeFileSync(file, 'from-a-secret\n');
    await using one = await collectorUnderTest({ httpToken: undefined, httpTokenFile: file });
    expect(await status(one, '/failures', { authorization: 'Bearer from-a-secret' })).toBe(200);
    expect(await status(one, '/failures')).toBe(401);
    rmSync(folder, { recursive: true });
    await expect(collectorUnderTest({ httpToken: undefined, httpTokenFile: file })).rejects.toThrow(
      'FAULTLAYER_HTTP_TOKEN_FILE',
    );
  });

  it('this host itself needs none where that was asked for, but no proxy on it, and no other page', async () => {
    await using one = await collectorUnderTest({ openLocal: true });
    expect(await status(one, '/failures')).toBe(200);
    expect(await status(one, '/failures', { 'x-forwarded-for': '203.0.113.7' })).toBe(401);
    expect(await status(one, '/failures', { origin: 'http://evil.example' })).toBe(403);
    expect(await status(c, '/failures')).toBe(401);
  });

  it('the pages speak TLS with a certificate, and the command line knows that very one', async () => {
    using ca = authority();
    const { key, cert } = ca.leaf({ names: ['localhost'] });
    const folder = mkdtempSync(join(tmpdir(), 'faultlayer-tls-'));
    const [httpTlsCert, httpTlsKey] = ['cert.pem', 'key.pem'].map((name) => join(folder, name)) as [string, string];
    writeFileSync(httpTlsCert, cert);
    writeFileSync(httpTlsKey, key);
    await using one = await collectorUnderTest({ httpTlsCert, httpTlsKey, httpHost: '127.0.0.1' });
    expect(one.httpUrl).toMatch(/^https:/);
    await one.fail(...INCIDENTS.slice(0, 1));
    const env = {
      FAULTLAYER_HTTP_HOST: '127.0.0.1',
      FAULTLAYER_HTTP_PORT: String(one.httpPort),
      FAULTLAYER_HTTP_TOKEN: TOKEN,
      FAULTLAYER_HTTP_TLS_CERT: httpTlsCert,
    };
    expect(await ask('/api/failures', env)).toMatchObject({ groups: [{ total: 1 }] });
    await expect(ask('/api/failures', { ...env, FAULTLAYER_HTTP_TLS_CERT: '' })).rejects.toThrow(
      'no collector answers',
    );
    await expect(collectorUnderTest({ httpTlsCert })).rejects.toThrow('FAULTLAYER_HTTP_TLS_KEY');
    rmSync(folder, { recursive: true });
  });

  it('a proxy that was named says who it is, and nobody else may', async () => {
    await using one = await collectorUnderTest({ trustedProxies: ['127.0.0.1'] });
    expect(await status(one, '/failures', { 'x-forwarded-user': 'ann' })).toBe(200);
    expect(await status(one, '/failures')).toBe(401);
    expect(await status(c, '/failures', { 'x-forwarded-user': 'ann' })).toBe(401);
  });

  it.each([
    ['10.0.0.0/8, 127.0.0.0/8', 200],
    ['::ffff:0:0/96', 200],
    ['127.0.0.2', 401],
    ['10.0.0.0/8,172.16.0.0/12,fd00::/8', 401],
  ])('a proxy stands in one of the networks %s: %i', async (networks, expected) => {
    const { config, problems } = loadConfig({ FAULTLAYER_TRUSTED_PROXIES: networks });
    expect(problems).toEqual([]);
    await using one = await collectorUnderTest({ trustedProxies: config.trustedProxies });
    expect(await status(one, '/failures', { 'x-forwarded-user': 'ann' })).toBe(expected);
  });

  it.each(['proxy.example.com', '10.0.0', '10.0.0.999', '10.0.0.0/33', '::1/129', '10.0.0.0/', 'fe80:::1', '*'])(
    'no proxy is trusted as %s: the start says so',
    (text) => {
      expect(loadConfig({ FAULTLAYER_TRUSTED_PROXIES: text }).problems).toEqual([
        `FAULTLAYER_TRUSTED_PROXIES must be addresses or networks such as 10.0.0.0/8, not '${text}'`,
      ]);
    },
  );

  it('the pages answer to a configured name however it is written', async () => {
    const { config } = loadConfig({ FAULTLAYER_HTTP_HOSTS: 'Failures.Example.com, b.example.com:9468' });
    await using one = await collectorUnderTest({ httpHosts: config.httpHosts });
    const of = (host: string) => raw(`GET /api/login HTTP/1.0\r\nHost: ${host}\r\n\r\n`, one.httpPort);
    for (const host of ['failures.example.com', 'FAILURES.example.com:80', 'failures.example.com.', 'b.example.com'])
      expect(await of(host), host).toMatch(/^HTTP\/1\.1 401 /);
    for (const host of ['example.com', 'b.example.com.evil.test', 'xfailures.example.com'])
      expect(await of(host), host).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('the address that people reach is one of its own', () => {
    const path = loadConfig({ FAULTLAYER_PUBLIC_URL: 'https://ops.example.com/faultlayer' });
    expect(path.problems).toEqual([
      "FAULTLAYER_PUBLIC_URL must have no path, not 'https://ops.example.com/faultlayer'",
    ]);
    const { config, problems } = loadConfig({ FAULTLAYER_PUBLIC_URL: 'https://failures.example.com:8443/' });
    expect([config.publicUrl, problems]).toEqual(['https://failures.example.com:8443', []]);
  });
});
