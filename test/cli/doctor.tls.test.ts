import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer, createServer, type Http2Server, type ServerHttp2Session } from 'node:http2';
import { createServer as createHttps } from 'node:https';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { DoctorReport, Finding } from '../../cli/doctor/base.ts';
import { authority, type Pair } from '../support/certificates.ts';
import { faultlayer } from '../support/cli.ts';
import { httpsServer, type Listening, listening } from '../support/servers.ts';

const ca = authority();
const folder = mkdtempSync(join(tmpdir(), 'faultlayer-doctor-tls-'));
const root = join(folder, 'root.pem');
writeFileSync(root, ca.root);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  ca[Symbol.dispose]();
});
const leaf = (): Pair => ca.leaf({ names: ['127.0.0.1'] });
const chain = (pair: Pair): Pair => ({ key: pair.key, cert: pair.cert + ca.intermediate.cert });

async function doctor(url: string, ...args: string[]) {
  const { stdout, code } = await faultlayer(['doctor', url, '--json', '--timeout', '10', '--ca', root, ...args]);
  const report = JSON.parse(stdout) as DoctorReport;
  const of = (check: string): Finding | undefined =>
    report.steps.flatMap((s) => s.findings as Finding[]).find((f) => f.check === check);
  return { report, code, of };
}

/** Closes a server's HTTP/2 sessions with it. */
async function h2(server: Http2Server): Promise<Listening> {
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session: ServerHttp2Session) => sessions.add(session));
  const up = await listening(server as unknown as Server);
  return {
    port: up.port,
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions) session.destroy();
      await up[Symbol.asyncDispose]();
    },
  };
}

describe('HTTP/2', () => {
  const onlyH2 = () => h2(createSecureServer(chain(leaf()), (_, res) => void res.end('ok')) as unknown as Http2Server);

  it('that the server alone speaks is told to a call over HTTP/1.1', async () => {
    await using server = await onlyH2();
    const { report, code, of } = await doctor(`https://127.0.0.1:${server.port}/v1/x`);
    expect([code, report.stoppedAt]).toEqual([1, 'transport']);
    expect(of('ALPN')).toMatchObject({ verdict: 'mismatch', seen: expect.stringContaining('h2 alone') });
    expect(of('ALPN')!.next).toContain('allowH2');
  });

  it('is spoken with --http2, and the answer is judged as any other', async () => {
    await using server = await onlyH2();
    const { report, code, of } = await doctor(`https://127.0.0.1:${server.port}/v1/x`, '--http2');
    expect([code, report.verdict]).toEqual([0, 'ok']);
    expect(of('ALPN')).toMatchObject({ verdict: 'ok', seen: expect.stringContaining('chose h2') });
    expect(of('HTTP')!.seen).toContain('200 over HTTP/2');
  });

  it('errors over it reach the right step', async () => {
    const handle = createSecureServer(chain(leaf()), (req, res) => {
      const body: Buffer[] = [];
      req.on('data', (chunk: Buffer) => body.push(chunk));
      req.on('end', () => {
        const good = Buffer.concat(body).toString() === '{"a":1}' && req.headers['x-tenant'] === '42';
        res.writeHead(good ? 422 : 500, { 'content-type': 'application/json', 'x-request-id': 'req_h2' });
        res.end('{"error":{"code":"bad_pear"}}');
      });
    });
    await using server = await h2(handle as unknown as Http2Server);
    const body = join(folder, 'body.json');
    writeFileSync(body, '{"a":1}');
    const post = ['--method', 'POST', '--send', '--body', body, '--header', 'content-type: application/json'];
    const { report, of } = await doctor(
      `https://127.0.0.1:${server.port}/v1/x`,
      ...['--http2', '--header', 'x-tenant: 42', ...post],
    );
    expect(report.stoppedAt).toBe('payload');
    expect(of('answer')?.seen ?? '').not.toContain('500');
    expect(JSON.stringify(report.steps[2])).toContain('bad_pear');
  });

  it('that both sides know is told, with what the call speaks', async () => {
    await using both = await h2(
      createSecureServer(
        { ...chain(leaf()), allowHTTP1: true },
        (_, res) => void res.end('ok'),
      ) as unknown as Http2Server,
    );
    const { code, of } = await doctor(`https://127.0.0.1:${both.port}/`);
    expect(code).toBe(0);
    expect(of('ALPN')!.seen).toContain('prefers h2; it takes http/1.1 as well');
    expect(of('HTTP')!.seen).toContain('over HTTP/1.1');
  });

  it('that the server does not speak is told to a call that wants it', async () => {
    await using server = await httpsServer(chain(leaf()), (_, res) => void res.end('ok'));
    const { report, of } = await doctor(`https://127.0.0.1:${server.port}/`, '--http2');
    expect(report.stoppedAt).toBe('transport');
    expect(of('ALPN')).toMatchObject({ verdict: 'mismatch', seen: expect.stringContaining('chose http/1.1') });
  });

  it('is spoken without TLS by prior knowledge', async () => {
    await using server = await h2(createServer((_, res) => void res.end('ok')));
    const { code, of } = await doctor(`http://127.0.0.1:${server.port}/`, '--http2');
    expect(code).toBe(0);
    expect(of('HTTP')!.seen).toContain('over HTTP/2');
  });

  it('a plain HTTP/1.1 server that gets it is told as a broken exchange', async () => {
    await using server = await listening(createHttps() as unknown as Server);
    const { report } = await doctor(`http://127.0.0.1:${server.port}/`, '--http2', '--timeout', '3');
    expect(report.stoppedAt).toBe('transport');
  });
});

it('a host without a scheme is no failure ID', async () => {
  const { stderr, code } = await faultlayer(['doctor', 'api.acme.test/v1']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('did you mean https://api.acme.test/v1?')]);
});
