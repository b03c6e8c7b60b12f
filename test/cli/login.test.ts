import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { faultlayer } from '../support/cli.ts';
import { collectorUnderTest, TOKEN } from '../support/collector.ts';
import { listening } from '../support/servers.ts';

const env = (port: number, more: Record<string, string> = {}) => ({
  FAULTLAYER_HTTP_PORT: String(port),
  FAULTLAYER_HTTP_TOKEN: TOKEN,
  ...more,
});

describe('faultlayer login', () => {
  it('prints a link that signs one browser in, once, and says why a phone cannot open it', async () => {
    await using c = await collectorUnderTest();
    const { code, stdout, stderr } = await faultlayer(['login'], env(c.httpPort));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^http:\/\/localhost:\d+\/session\?code=[\w-]{24}\n$/);
    expect(stderr).toMatch(/a phone cannot open it\n.*FAULTLAYER_PUBLIC_URL/);
    const link = stdout.trim().replace('localhost', '127.0.0.1');
    const first = await fetch(link, { redirect: 'manual' });
    expect([first.status, first.headers.get('location')]).toEqual([303, '/failures']);
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(401);
  });

  it('prints a QR code where a phone can reach the pages, and the link works there', async () => {
    const publicUrl = 'https://failures.example.com';
    await using c = await collectorUnderTest({ publicUrl });
    const { stdout, stderr } = await faultlayer(['login'], env(c.httpPort));
    expect([stdout.split('\n')[0], stderr]).toEqual([
      expect.stringMatching(/^https:\/\/failures\.example\.com\/session\?code=/),
      '',
    ]);
    expect(stdout).toMatch(/[█▀▄]{8}/);
    // a proxy with TLS before the pages: the name is served, and the session is for encrypted connections only
    const { pathname, search } = new URL(stdout.split('\n')[0]!);
    await using proxy = await listening(
      createServer(async (req, res) => {
        const headers = { host: 'failures.example.com', 'x-forwarded-proto': 'https' };
        const { request } = await import('node:http');
        request(`${c.httpUrl}${req.url}`, { headers }, (answer) => {
          res.writeHead(answer.statusCode!, answer.headers);
          answer.pipe(res);
        }).end();
      }),
    );
    const answer = await fetch(`http://127.0.0.1:${proxy.port}${pathname}${search}`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([303, expect.stringMatching(/; Secure$/)]);
  });

  it('says what is unsafe, as data too', async () => {
    await using c = await collectorUnderTest();
    const unknown = env(c.httpPort, { FAULTLAYER_PUBLIC_URL: 'https://elsewhere.example.com' });
    expect((await faultlayer(['login'], unknown)).stderr).toMatch(
      /do not answer to this name.*elsewhere\.example\.com/,
    );
    const { stdout } = await faultlayer(
      ['login', '--json'],
      env(c.httpPort, { FAULTLAYER_PUBLIC_URL: 'http://10.1.2.3:9468/' }),
    );
    expect(JSON.parse(stdout)).toMatchObject({
      url: expect.stringMatching(/^http:\/\/10\.1\.2\.3:9468\/session/),
      missing: [expect.stringContaining('unencrypted')],
    });
    expect(await faultlayer(['login'], env(1))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no collector'),
    });
    expect(await faultlayer(['login'], env(c.httpPort, { FAULTLAYER_HTTP_TOKEN: 'wrong' }))).toMatchObject({ code: 2 });
  });
});
