import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSpecialAddress } from '../../cli/net/addresses.ts';
import { exchange } from '../../cli/net/exchange.ts';
import { faultlayer } from '../support/cli.ts';
import { type Attributes, type CollectorUnderTest, collectorUnderTest, TOKEN } from '../support/collector.ts';
import { dnsServer } from '../support/dns-server.ts';
import { httpServer, type Listening } from '../support/servers.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

let c: CollectorUnderTest;
let provider: Listening;
const seen: Seen[] = [];
const folder = mkdtempSync(join(tmpdir(), 'faultlayer-replay-'));

beforeAll(async () => {
  c = await collectorUnderTest();
  provider = await httpServer((req, res) => {
    let body = '';
    req.setEncoding('utf8').on('data', (text: string) => (body += text));
    req.on('end', () => {
      seen.push({ method: req.method!, url: req.url!, headers: req.headers, body });
      const good =
        req.headers.authorization === 'Bearer right' && !body.includes('bad') && !req.url!.startsWith('/v0/');
      res.setHeader('x-request-id', `req_${seen.length}`);
      res.setHeader('content-type', 'application/json');
      if (req.url === '/v1/redirect')
        return res
          .writeHead(302, { location: 'http://169.254.169.254/latest?token=sk_live_4eC39HqLyjWDarjtT1zdp7dc' })
          .end();
      if (req.url === '/v1/endless') return void setInterval(() => res.write('x'.repeat(65_536)), 1);
      if (good) return res.end(JSON.stringify({ id: 'ch_1', status: 'succeeded' }));
      res.statusCode = 401;
      res.end(
        JSON.stringify({
          error: { code: 'invalid_api_key', message: 'key sk_live_4eC39HqLyjWDarjtT1zdp7dc is wrong' },
        }),
      );
    });
  });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await provider[Symbol.asyncDispose]();
  await c[Symbol.asyncDispose]();
});

const origin = () => `http://127.0.0.1:${provider.port}`;
const env = (more: Record<string, string> = {}) => ({
  FAULTLAYER_HTTP_PORT: String(c.httpPort),
  FAULTLAYER_HTTP_TOKEN: TOKEN,
  FAULTLAYER_REPLAY_ORIGINS: origin(),
  ...more,
});

let ordinal = 0;
/** Keeps a failed call to this URL and returns a name it is found by. */
async function kept(url: string, more: Attributes = {}): Promise<string> {
  const requestId = `req_kept_${++ordinal}`;
  await c.fail({
    'service.name': 'checkout',
    'api.failure.layer': 'auth',
    'api.provider.name': 'test',
    'api.provider.request_id': requestId,
    'api.auth.scheme': 'bearer',
    'http.request.method': 'GET',
    'http.response.status_code': 401,
    'url.full': url,
    'server.address': '127.0.0.1',
    ...more,
  });
  return requestId;
}

describe('faultlayer replay', () => {
  it('prints the curl with placeholders', async () => {
    const { code, stdout, stderr } = await faultlayer(['replay', await kept(`${origin()}/v1/a?api_key=sekret`)], env());
    expect(code).toBe(0);
    expect(stdout).toContain(`--url '${origin()}/v1/a?api_key='"$API_KEY"`);
    expect(stdout).toContain('"$API_TOKEN"');
    expect(stderr).toContain('$API_TOKEN');
  });

  it('sends with credentials of the environment only, and prints no secret', async () => {
    const id = await kept(`${origin()}/v1/a`);
    const before = seen.length;
    const wrong = await faultlayer(['replay', id, '--run', '--allow-private'], env({ API_TOKEN: 'wrong' }));
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toContain('401 invalid_api_key');
    expect(wrong.stdout).not.toContain('sk_live_4eC39HqLyjWDarjtT1zdp7dc');
    const bare = await faultlayer(['replay', id, '--run', '--allow-private'], env());
    expect(bare.stderr).toContain('without $API_TOKEN');
    expect(seen.slice(before).map((s) => s.headers['authorization'])).toEqual(['Bearer wrong', undefined]);
    const right = await faultlayer(['replay', id, '--run', '--allow-private', '--json'], env({ API_TOKEN: 'right' }));
    expect(right.code).toBe(0);
    expect(JSON.parse(right.stdout).runs[0]).toMatchObject({ status: 200, address: '127.0.0.1' });
    expect(right.stdout).not.toContain('right');
  });

  it('sends the recorded headers, and those with placeholders only when they are set', async () => {
    const id = await kept(`${origin()}/v1/a`, {
      'http.request.header.x-api-version': '2026-01-01',
      'http.request.header.user-agent': 'orchard/2.1',
      'http.request.header.x-tenant': '42',
    });
    const go = async (more: Record<string, string>) => {
      await faultlayer(['replay', id, '--run', '--allow-private'], env({ API_TOKEN: 'right', ...more }));
      return seen.at(-1)!.headers;
    };
    expect(await go({})).toMatchObject({ 'x-api-version': '2026-01-01', 'user-agent': 'orchard/2.1' });
    expect(seen.at(-1)!.headers).not.toHaveProperty('x-tenant');
    expect(await go({ X_TENANT: '43' })).toMatchObject({ 'x-tenant': '43' });
  });

  it('wants the file with a body that was cut, and says when a body lacks values', async () => {
    const post = { 'http.request.method': 'POST', 'http.request.header.content-type': 'application/json' };
    const cut = await kept(`${origin()}/v1/a`, {
      ...post,
      'http.request.body.content': '{"amount":1,"note":"[cut]"}',
      'api.request.body_truncated': true,
    });
    const args = (id: string) => ['replay', id, '--run', '--allow-private', '--confirm'];
    const before = seen.length;
    const without = await faultlayer(args(cut), env({ API_TOKEN: 'right' }));
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('BODY_FILE')]);
    expect(seen.length).toBe(before);
    const file = join(folder, 'whole.json');
    writeFileSync(file, '{"amount":1,"note":"whole"}');
    expect((await faultlayer(args(cut), env({ API_TOKEN: 'right', BODY_FILE: file }))).code).toBe(0);
    expect(seen.at(-1)!.body).toBe('{"amount":1,"note":"whole"}');
    const redacted = await kept(`${origin()}/v1/a`, { ...post, 'http.request.body.content': '{"password":"x"}' });
    const sent = await faultlayer(args(redacted), env({ API_TOKEN: 'right' }));
    expect(sent.stderr).toContain('sent with [secret]');
    expect(seen.at(-1)!.body).toBe('{"password":"[secret]"}');
  });

  it.each([
    ['token', ['--change', 'token=OTHER'], '+ 200'],
    ['version', ['--change', 'version=v0'], '+ 401'],
  ])('changes one thing, the %s, and shows the difference', async (_, args, line) => {
    const id = await kept(`${origin()}/v1/a`);
    const token = line.includes('200') ? 'wrong' : 'right';
    const { stdout, code } = await faultlayer(
      ['replay', id, '--run', '--allow-private', ...args],
      env({ API_TOKEN: token, OTHER: 'right' }),
    );
    expect(stdout).toContain('difference');
    expect(stdout).toContain(line);
    expect(code).toBe(line.includes('200') ? 0 : 1);
  });

  it('changes the payload or the host, with their rules', async () => {
    const file = join(folder, 'payload.json');
    writeFileSync(file, '{"amount":"bad"}');
    const id = await kept(`${origin()}/v1/a`, {
      'http.request.method': 'POST',
      'http.request.body.content': '{"amount":1}',
    });
    const args = ['replay', id, '--run', '--allow-private', '--confirm', '--change', `payload=${file}`];
    const { stdout } = await faultlayer(args, env({ API_TOKEN: 'right' }));
    expect(stdout).toMatch(/- 200\n.*\+ 401/s);
    expect(seen.slice(-2).map((s) => s.body)).toEqual(['{"amount":1}', '{"amount":"bad"}']);
    const before = seen.length;
    const host = await faultlayer(
      ['replay', id, '--run', '--confirm', '--change', 'host=other.test'],
      env({ API_TOKEN: 'right' }),
    );
    expect(host).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('http://other.test is not among FAULTLAYER_REPLAY_ORIGINS'),
    });
    expect(seen).toHaveLength(before);
  });

  it('goes over the unix socket that the call went over, and over no other way', async () => {
    const path = join(folder, 'api.sock');
    const asked: string[] = [];
    const local = createServer((req, res) => {
      asked.push(`${req.method} ${req.headers.host} ${req.url} ${req.headers.authorization}`);
      res.end('{}');
    });
    await new Promise<void>((resolve) => local.listen(path, resolve));
    try {
      const id = await kept('http://localhost/v1/info', { 'network.transport': 'unix', 'network.peer.address': path });
      const shown = await faultlayer(['replay', id], env());
      expect(shown.stdout).toContain(`--unix-socket '${path}'`);
      const more = env({ FAULTLAYER_REPLAY_ORIGINS: 'http://localhost', API_TOKEN: 'right' });
      // a socket of this host is no public address
      const refused = await faultlayer(['replay', id, '--run'], more);
      expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining('nothing was sent')]);
      expect(asked).toEqual([]);
      const sent = await faultlayer(['replay', id, '--run', '--allow-private', '--json'], more);
      expect(sent.code).toBe(0);
      expect(JSON.parse(sent.stdout).runs[0]).toMatchObject({ status: 200, address: path });
      expect(asked).toEqual(['GET localhost /v1/info Bearer right']);
    } finally {
      local.close();
    }
  });

  it('takes one change at a time', async () => {
    const { code } = await faultlayer(['replay', 'x', '--change', 'token=A', '--change', 'version=v2'], env());
    expect(code).toBe(2);
  });

  it('sends nothing without a listed origin, a confirmation, or to an address that is not public', async () => {
    const before = seen.length;
    const get = await kept(`${origin()}/v1/a`);
    const post = await kept(`${origin()}/v1/a`, { 'http.request.method': 'POST' });
    const unlisted = await faultlayer(
      ['replay', get, '--run', '--allow-private'],
      env({ FAULTLAYER_REPLAY_ORIGINS: '' }),
    );
    expect(unlisted).toMatchObject({ code: 2, stderr: expect.stringContaining('FAULTLAYER_REPLAY_ORIGINS') });
    const unconfirmed = await faultlayer(['replay', post, '--run', '--allow-private'], env());
    expect(unconfirmed).toMatchObject({ code: 2, stderr: expect.stringContaining('--confirm') });
    const secret = await faultlayer(['replay', get, '--run'], env({ API_TOKEN: 'right' }));
    expect(secret).toMatchObject({ code: 1, stdout: expect.stringContaining('not a public address') });
    expect(seen).toHaveLength(before);
  });

  it('follows no redirect and reads no more than 1 MiB', async () => {
    const id = await kept(`${origin()}/v1/redirect`);
    const { stdout } = await faultlayer(['replay', id, '--run', '--allow-private'], env({ API_TOKEN: 'right' }));
    expect(stdout).toContain('not followed to http://169.254.169.254/latest?token=REDACTED');
    const run = await exchange(
      { method: 'GET', url: new URL(`${origin()}/v1/endless`), headers: [] },
      { allowPrivate: true },
    );
    expect(run.truncated).toBe(true);
    expect(run.body!.length).toBe(1024 * 1024);
  });

  it('says how to reach the collector when it does not', async () => {
    const { code, stderr } = await faultlayer(['replay', 'x'], { ...env(), FAULTLAYER_HTTP_PORT: '1' });
    expect([code, stderr]).toEqual([2, expect.stringContaining('FAULTLAYER_HTTP_PORT')]);
    const token = await faultlayer(['failures'], { ...env(), FAULTLAYER_HTTP_TOKEN: 'wrong' });
    expect([token.code, token.stderr]).toEqual([2, expect.stringContaining('FAULTLAYER_HTTP_TOKEN')]);
  });
});

describe('addresses', () => {
  it.each([
    'http://169.254.169.254/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://0x7f.1/',
    'http://2130706433/',
    'http://0/',
    'http://localhost./',
    'http://127.1/',
    'http://[::]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[fe80::1]/',
    'http://10.1.2.3/',
    'http://100.64.0.1/',
  ])('that are not public are refused: %s', async (url) => {
    const run = await exchange(
      { method: 'GET', url: new URL(url), headers: [] },
      { allowPrivate: false, deadlineMs: 3000 },
    );
    expect(run.refused).toContain('public');
  });

  it('behind a public-looking name are refused, and nothing is swapped in between check and connection', async () => {
    const before = seen.length;
    let answers = 0;
    await using dns = await dnsServer({
      'inside.test': ['127.0.0.1'],
      'mixed.test': ['93.184.216.34', '127.0.0.1'],
      // Public when it is checked, local ever after.
      'rebind.test': () => (answers++ < 3 ? ['192.0.2.1'] : ['127.0.0.1']),
    });
    const go = (host: string, allowPrivate = false) =>
      exchange(
        { method: 'GET', url: new URL(`http://${host}:${provider.port}/v1/a`), headers: [] },
        { allowPrivate, resolver: dns.address, deadlineMs: 3000 },
      );
    expect((await go('inside.test')).refused).toContain('127.0.0.1');
    expect((await go('mixed.test')).refused).toContain('127.0.0.1');
    await go('rebind.test', true);
    // One round of questions, before the check; the connection itself asks nobody.
    expect(dns.asked.filter((q) => q === 'A rebind.test')).toHaveLength(1);
    expect(seen).toHaveLength(before);
    expect((await go('inside.test', true)).status).toBe(401);
  });

  it('are judged right at the edges', () => {
    for (const address of [
      '8.8.8.8',
      '172.15.255.255',
      '172.32.0.0',
      '100.63.255.255',
      '100.128.0.0',
      '2606:4700::1111',
      '::ffff:8.8.8.8',
      '64:ff9b::808:808',
    ])
      expect([address, isSpecialAddress(address)]).toEqual([address, false]);
    for (const address of [
      '172.16.0.0',
      '172.31.255.255',
      '255.255.255.255',
      '::1',
      'fd00::1',
      'ff02::1',
      '2002:7f00:1::',
      'fe80::1%eth0',
      '::127.0.0.1',
      '',
      'x',
    ])
      expect([address, isSpecialAddress(address)]).toEqual([address, true]);
  });
});
