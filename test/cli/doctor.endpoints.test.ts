import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createH2, type Http2Server, type ServerHttp2Session } from 'node:http2';
import { connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { DoctorReport, Finding } from '../../cli/doctor/base.ts';
import { tcpFindings } from '../../cli/doctor/transport.ts';
import { doctorReport } from '../../cli/doctor.ts';
import { authority } from '../support/certificates.ts';
import { httpServer, httpsServer, type Listening, listening } from '../support/servers.ts';

const ca = authority();
const folder = mkdtempSync(join(tmpdir(), 'faultlayer-endpoints-'));
const root = join(folder, 'root.pem');
writeFileSync(root, ca.root);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  ca[Symbol.dispose]();
});

const findings = (report: DoctorReport): readonly Finding[] => report.steps.flatMap((s) => s.findings);
const at = (report: DoctorReport): string => report.stoppedAt ?? 'ok';
const answering =
  (status: number, headers: Record<string, string>, body = ''): RequestListener =>
  (_, res) =>
    void res.writeHead(status, headers).end(body);

/** What answers, where the doctor must stop, and what it must have said there. */
const ENDPOINTS: readonly (readonly [label: string, handle: RequestListener, stop: string, said: RegExp])[] = [
  ['a healthy one', answering(200, {}, '{}'), 'ok', /./],
  [
    'an overloaded gateway',
    answering(503, { server: 'nginx', 'content-type': 'text/html' }, '<h1>503'),
    'service',
    /503.*server: nginx/,
  ],
  [
    'a crash behind a CDN',
    answering(500, { via: '1.1 varnish', 'cf-ray': '8f1-FRA' }),
    'service',
    /500.*via: 1.1 varnish.*cf-ray: 8f1-FRA/,
  ],
  ['a gateway that waits in vain', answering(504, { 'retry-after': '20' }), 'service', /504/],
  ['a limit without a wait', answering(429, {}), 'throttling', /429, no Retry-After/],
  [
    'an account without credit',
    answering(402, { 'content-type': 'application/json' }, '{"error":{"code":"insufficient_quota","message":"no"}}'),
    'throttling',
    /insufficient_quota.*credit.*billing/,
  ],
  [
    'a move to itself',
    (req, res) => void res.writeHead(302, { location: req.url }).end(),
    'endpoint',
    /to itself.*loop/,
  ],
  ['a login wall', answering(401, { 'www-authenticate': 'Bearer' }), 'auth', /401/],
  ['a scope that is missing', answering(403, {}), 'auth', /403/],
  ['an old path', answering(410, {}), 'endpoint', /410/],
  ['a wrong verb', answering(405, { allow: 'POST' }), 'endpoint', /Allow: POST/],
  ['a field that is wrong', answering(422, {}), 'payload', /422/],
  ['a move', answering(308, { location: 'https://new.example/v2' }), 'endpoint', /308 to https:\/\/new\.example\/v2/],
  [
    'a body that goes silent',
    (_, res) => void res.writeHead(200, { 'content-length': '99' }).write('half'),
    'transport',
    /http\.response\.stalled: our own limit of 1 s ended it after status 200 and 4 bytes, the last 1 s in silence/,
  ],
  [
    'a body that is slow',
    (_, res) => {
      res.writeHead(200);
      const drip = setInterval(() => res.write('x'), 100);
      res.on('close', () => clearInterval(drip));
    },
    'ok',
    /our own limit of 1 s ended it after status 200 and \d+ bytes, still arriving/,
  ],
  ['no answer at all', () => {}, 'transport', /http\.response\.timed_out.*our own limit of 1 s/],
];

describe('over HTTP', () => {
  it.each(ENDPOINTS)('%s', async (_, handle, stop, said) => {
    await using server = await httpServer(handle);
    const report = await doctorReport(`http://127.0.0.1:${server.port}/v1/x`, { timeout: '1' });
    expect(at(report)).toBe(stop);
    const step = report.steps.find((s) => s.step === report.stoppedAt) ?? report.steps[3]!;
    expect(step.findings.map((f) => [f.seen, f.means, f.next].join('; ')).join('\n')).toMatch(said);
    const answers = report.steps.slice(0, 3).flatMap((s) => s.findings.filter((f) => f.check === 'answer'));
    if (stop === 'service' || stop === 'throttling') expect(answers.every((f) => f.verdict === 'unknown')).toBe(true);
  });
});

it('a name of the hosts file is no resolver’s fault', async () => {
  await using server = await httpServer(answering(200, {}));
  const report = await doctorReport(`http://localhost:${server.port}/`, {});
  expect(at(report)).toBe('ok');
  expect(findings(report).filter((f) => f.check.startsWith('DNS'))).toEqual([
    { check: 'DNS', verdict: 'ok', seen: expect.stringMatching(/127\.0\.0\.1.* from the hosts file/) },
  ]);
});

describe('addresses', () => {
  const six = { address: '2001:db8::1', family: 6 as const, ms: 1, error: 'ENETUNREACH' };
  it('of one IP version that this host has no route for are told so', () => {
    const [finding, ...more] = tcpFindings([six, { ...six, address: '2001:db8::2' }], 443);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      verdict: 'mismatch',
      seen: expect.stringContaining('only IPv6, and this host has no'),
    });
  });
  it('of which one would do are a note', () => {
    const four = { address: '192.0.2.1', family: 4 as const, ms: 1 };
    expect(tcpFindings([four, six], 443).map((f) => f.verdict)).toEqual(['ok', 'note']);
  });
});

it('TLS shows the certificate’s end and who issued it, also when it has ended', async () => {
  const serve = (days: number) =>
    httpsServer(
      (({ key, cert }) => ({ key, cert: cert + ca.intermediate.cert }))(ca.leaf({ names: ['127.0.0.1'], days })),
      answering(200, {}),
    );
  for (const [days, stop] of [
    [30, 'ok'],
    [-1, 'transport'],
  ] as const) {
    await using server = await serve(days);
    const report = await doctorReport(`https://127.0.0.1:${server.port}/`, { ca: root });
    expect(at(report)).toBe(stop);
    expect(findings(report).find((f) => f.check === 'dates')!.seen).toMatch(
      /(?=.*issued by 'Test intermediate')(?=.*\d{4}-\d\d-\d\d)/,
    );
  }
});

describe('a unix socket', () => {
  const path = join(folder, 'api.sock');
  const url = 'http://localhost/v1/x';
  it('that answers', async () => {
    const server = createHttp(answering(200, {})).listen(path);
    await once(server, 'listening');
    const report = await doctorReport(url, { 'unix-socket': path });
    expect([at(report), findings(report).find((f) => f.check === 'socket')?.verdict]).toEqual(['ok', 'ok']);
    server.close();
  });
  it.each([
    ['that is not there', join(folder, 'none.sock'), 'ENOENT'],
    ['that is a plain file', root, 'ECONNREFUSED'],
  ])('%s', async (_, file, code) => {
    const report = await doctorReport(url, { 'unix-socket': file });
    expect(at(report)).toBe('transport');
    expect(findings(report).find((f) => f.check === 'socket')!.seen).toBe(`${code} at ${file}`);
  });
});

describe('a proxy with credentials', () => {
  /** Opens a tunnel for `user:p@ss` alone. */
  const proxy = (): Promise<Listening> => {
    const right = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
    const server = createHttp();
    server.on('connect', (req, client: Socket) => {
      client.on('error', () => {});
      if (req.headers['proxy-authorization'] !== right)
        return client.end('HTTP/1.1 407 No\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n');
      const there = connect(Number(req.url!.split(':')[1]), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        there.pipe(client).pipe(there);
      });
      return there.on('error', () => client.destroy());
    });
    return listening(server);
  };
  it.each([
    ['that are right', 'user:p%40ss@', 'ok', /as user 'user'/],
    ['that are wrong', 'user:wrong@', 'transport', /does not accept the credentials of user 'user'/],
    ['that are missing', '', 'transport', /its URL holds none/],
  ])('%s', async (_, credentials, stop, said) => {
    await using server = await httpServer(answering(200, {}));
    await using between = await proxy();
    const report = await doctorReport(`http://127.0.0.1:${server.port}/`, {
      proxy: `http://${credentials}127.0.0.1:${between.port}`,
    });
    expect(at(report)).toBe(stop);
    expect(JSON.stringify(findings(report))).toMatch(said);
    expect(JSON.stringify(report)).not.toMatch(/p@ss|p%40ss|wrong@/);
  });
});

describe('gRPC health', () => {
  /** Answers every call with a message and a status. */
  async function grpc(status: string, message?: string): Promise<Listening & { readonly asked: string[] }> {
    const asked: string[] = [];
    const server: Http2Server = createH2();
    const sessions = new Set<ServerHttp2Session>();
    server.on('session', (session: ServerHttp2Session) => sessions.add(session));
    server.on('stream', async (stream, headers) => {
      let body = '';
      for await (const chunk of stream.setEncoding('latin1')) body += chunk as string;
      asked.push(`${headers[':path']} ${body.slice(7)}`);
      const type = { ':status': 200, 'content-type': 'application/grpc' };
      if (message === undefined) return stream.respond({ ...type, 'grpc-status': status }, { endStream: true });
      stream.respond(type, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }));
      return stream.end(Buffer.from(message, 'latin1'));
    });
    const up = await listening(server as unknown as Server);
    return {
      port: up.port,
      asked,
      [Symbol.asyncDispose]: async () => {
        for (const session of sessions) session.destroy();
        await up[Symbol.asyncDispose]();
      },
    };
  }
  it.each([
    ['serving', '0', '\0\0\0\0\u0002\u0008\u0001', 'ok', /SERVING/],
    ['not serving', '0', '\0\0\0\0\u0002\u0008\u0002', 'service', /NOT_SERVING/],
    ['not implemented', '12', undefined, 'endpoint', /UNIMPLEMENTED/],
    ['not known', '5', undefined, 'endpoint', /NOT_FOUND/],
    ['behind a login', '16', undefined, 'auth', /./],
    ['not to be had', '14', undefined, 'service', /./],
  ])('%s', async (_, status, message, stop, said) => {
    await using server = await grpc(status, message);
    const report = await doctorReport(`http://127.0.0.1:${server.port}/any`, { grpc: 'shop.Orders' });
    expect(at(report)).toBe(stop);
    expect(
      report.steps
        .find((s) => s.step === (report.stoppedAt ?? 'service'))!
        .findings.map((f) => f.seen)
        .join(),
    ).toMatch(said);
    expect(server.asked[0]).toBe('/grpc.health.v1.Health/Check shop.Orders');
  });
  it('of what does not speak it', async () => {
    await using server = await httpServer(answering(200, {}));
    expect(at(await doctorReport(`http://127.0.0.1:${server.port}/`, { grpc: '', timeout: '2' }))).toBe('transport');
  });
});
