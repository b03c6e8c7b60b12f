import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authority } from '../support/certificates.ts';
import { faultlayer } from '../support/cli.ts';
import { httpServer, httpsServer, type Listening } from '../support/servers.ts';

const folder = mkdtempSync(join(tmpdir(), 'faultlayer-check-'));
const at = (name: string): string => join(folder, name);
let server: Listening;
const bodies: string[] = [];
beforeAll(async () => {
  server = await httpServer((req, res) => {
    let body = '';
    req.setEncoding('utf8').on('data', (text: string) => (body += text));
    req.on('end', () => {
      bodies.push(body);
      res.setHeader('x-request-id', 'req_check_1');
      res.setHeader('content-type', 'application/json');
      if (req.url === '/ok' && req.headers.authorization === 'Bearer s3cret-value') return res.end('{}');
      if (req.url === '/graphql')
        return res.end('{"data":null,"errors":[{"message":"no","extensions":{"code":"FORBIDDEN"}}]}');
      if (req.url === '/limited') return res.writeHead(429).end('{"error":{"code":"rate_limit"}}');
      if (req.url === '/echo') return res.end('{}');
      res.writeHead(404).end('{}');
    });
  });
  writeFileSync(at('http-client.env.json'), JSON.stringify({ test: { host: `http://127.0.0.1:${server.port}` } }));
  writeFileSync(at('payload.json'), '{"from":"{{who}}"}');
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server[Symbol.asyncDispose]();
});

const check = (file: string, text: string, ...args: string[]) => {
  writeFileSync(at(file), text);
  return faultlayer(['check', file, '--env', 'test', ...args], { TOKEN: 's3cret-value' }, folder);
};

describe('faultlayer check', () => {
  it('runs saved requests and passes', async () => {
    const text =
      '@who = me\n### ok\nGET {{host}}/ok\nAuthorization: Bearer {{$processEnv TOKEN}}\n\n### file\nPOST {{host}}/echo\n\n<@ ./payload.json\n\n###\n# @expect 404\nGET {{host}}/nothing\n';
    const { code, stdout, stderr } = await check('good.http', text);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('3 requests, all right');
    expect(stdout).not.toContain('s3cret-value');
    expect(bodies).toContain('{"from":"me"}');
  });

  it('names the layer that broke, for people and programs', async () => {
    const text =
      '### limited\nGET {{host}}/limited\n### gone\nGET {{host}}/v9\n### refused\nGET http://127.0.0.1:1/\n### graph\nGET {{host}}/graphql\n### odd\n# @expect 200\nGET {{host}}/limited\n### empty\nGET {{host}}/{{nope}}\n';
    const { code, stdout } = await check('bad.http', text, '--json');
    expect(code).toBe(1);
    const results = JSON.parse(stdout) as { name: string; layer: string; passed: boolean }[];
    expect(results.map((r) => [r.name, r.layer])).toEqual([
      ['limited', 'throttling'],
      ['gone', 'endpoint'],
      ['refused', 'tcp'],
      ['graph', expect.stringMatching(/auth|payload/)],
      ['odd', 'throttling'],
      ['empty', 'variables'],
    ]);
  });

  it('gives programs status, layer and code, and people their own addresses and the next command', async () => {
    using ca = authority();
    await using tls = await httpsServer(ca.selfSigned(['127.0.0.1']), (_, res) => void res.end());
    const url = `https://127.0.0.1:${tls.port}/v1`;
    const text = `### refused\nGET http://127.0.0.1:1/x\n### untrusted\nGET ${url}\n`;
    const { stdout } = await check('plain.http', text);
    expect(stdout).toContain('connect ECONNREFUSED 127.0.0.1:1');
    expect(stdout).toContain(`npx faultlayer doctor '${url}'`);
    expect(stdout).not.toContain('try running Node.js');
    const results = JSON.parse((await check('plain.http', text, '--json')).stdout) as unknown[];
    expect(results).toMatchObject([
      { layer: 'tcp', reason: 'tcp.refused', code: 'ECONNREFUSED' },
      { layer: 'tls', reason: 'tls.cert.authority_invalid', code: expect.stringContaining('SIGNED_CERT'), url },
    ]);
    expect(JSON.parse((await check('one.http', 'GET {{host}}/limited\n', '--json')).stdout)).toMatchObject([
      { status: 429, layer: 'throttling' },
    ]);
  });

  it('speaks HTTP/2 where the request line says so', async () => {
    const h2 = createServer((_, res) => void res.end('{}')).listen(0, '127.0.0.1');
    const sessions: ServerHttp2Session[] = [];
    h2.on('session', (session) => sessions.push(session));
    await once(h2, 'listening');
    const url = `http://127.0.0.1:${(h2.address() as AddressInfo).port}/v1`;
    const text = `### new\nGET ${url} HTTP/2\n### long\nGET ${url}\n  ?a=1\n  &b=2 HTTP/2 (Prior Knowledge)\n### old\nGET ${url} HTTP/1.1\n`;
    const { code, stdout } = await check('h2.http', text, '--json');
    for (const session of sessions) session.destroy();
    h2.close();
    const results = JSON.parse(stdout) as { name: string; passed: boolean }[];
    expect(results.map((r) => [r.name, r.passed])).toEqual([
      ['new', true],
      ['long', true],
      ['old', false],
    ]);
    expect(code).toBe(1);
  });

  it('refuses what it cannot read', async () => {
    expect(await check('broken.http', 'FETCH x y\n')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('line 1'),
    });
    expect(await check('none.http', '# nothing\n')).toMatchObject({ code: 2 });
    expect(await faultlayer(['check', 'missing.http'], {}, folder)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('missing.http'),
    });
    expect(await check('env.http', 'GET {{host}}/ok\n', '--env', 'other')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("'other'"),
    });
  });
});
