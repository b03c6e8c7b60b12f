import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTls } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import type { DoctorReport, Finding } from '../../cli/doctor/base.ts';
import { authority, type Pair } from '../support/certificates.ts';
import { faultlayer } from '../support/cli.ts';
import { dnsServer } from '../support/dns-server.ts';
import { connectProxy, httpServer, httpsServer, listening, tcpServer } from '../support/servers.ts';

const ca = authority();
const folder = mkdtempSync(join(tmpdir(), 'faultlayer-doctor-'));
const root = join(folder, 'root.pem');
writeFileSync(root, ca.root);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  ca[Symbol.dispose]();
});

const NAME = 'api.test';
const ok = (_: unknown, res: { end(text: string): void }): void => res.end('ok');
const chain = (pair: Pair): { key: string; cert: string } => ({
  key: pair.key,
  cert: pair.cert + ca.intermediate.cert,
});

/** `--json` of a run against a port, with a resolver that knows the name. */
async function doctor(
  url: string,
  ...args: string[]
): Promise<{ report: DoctorReport; code: number; findings: Finding[] }> {
  const { stdout, stderr, code } = await faultlayer(['doctor', url, '--json', '--timeout', '10', ...args]);
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as DoctorReport;
  return { report, code, findings: report.steps.find((s) => s.step === 'transport')!.findings as Finding[] };
}

const at = async (port: number, ...args: string[]) => {
  await using dns = await dnsServer({ [NAME]: ['127.0.0.1'] });
  return await doctor(`https://${NAME}:${port}/v1/ping`, '--resolver', dns.address, '--ca', root, ...args);
};
const wrong = (findings: readonly Finding[]): Finding => findings.find((f) => f.verdict === 'mismatch')!;

describe('a certificate chain', () => {
  it('that is whole and trusted passes every step', async () => {
    await using server = await httpsServer(chain(ca.leaf({ names: [NAME] })), ok);
    const { report, code } = await at(server.port);
    expect(report.verdict).toBe('ok');
    expect(code).toBe(0);
    expect(report.steps.map((s) => s.step)).toEqual(['endpoint', 'auth', 'payload', 'transport', 'throttling']);
  });

  it('without its intermediate is told from one of an untrusted root, by the certificate that it names', async () => {
    const der = (pem: string): Buffer => new X509Certificate(pem).raw;
    const files: Record<string, Buffer> = { '/i.der': der(ca.intermediate.cert), '/root.der': der(ca.root) };
    await using named = await httpServer((req, res) => void res.end(files[req.url!]));
    const issuer = (file: string) => ({ names: [NAME], issuerUrl: `http://127.0.0.1:${named.port}${file}` });
    await using lacking = await httpsServer(ca.leaf(issuer('/i.der')), ok);
    const { report, code, findings } = await at(lacking.port);
    expect([code, report.stoppedAt]).toEqual([1, 'transport']);
    expect(wrong(findings)).toMatchObject({
      check: 'chain',
      seen: expect.stringContaining("intermediate 'Test intermediate' is missing"),
      next: expect.stringContaining('/i.der'),
    });
    await using direct = await httpsServer(ca.leaf({ ...issuer('/root.der'), byRoot: true }), ok);
    await using dns = await dnsServer({ [NAME]: ['127.0.0.1'] });
    const untrusted = await doctor(`https://${NAME}:${direct.port}/`, '--resolver', dns.address);
    expect(wrong(untrusted.findings)).toMatchObject({
      seen: expect.stringContaining("signed by the root 'Test root', which is not trusted here"),
      next: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
    // the certificate cannot be had: both readings are said
    await using either = await httpsServer(ca.leaf(issuer('/gone')), ok);
    expect(wrong((await at(either.port)).findings)).toMatchObject({
      means: expect.stringMatching(/intermediate is missing.*or the CA is private/),
    });
  });

  it('that is self-signed is told', async () => {
    await using server = await httpsServer(ca.selfSigned([NAME]), ok);
    expect(wrong((await at(server.port)).findings)).toMatchObject({
      check: 'chain',
      seen: expect.stringContaining('self-signed'),
    });
  });

  it('with a private root that was sent is told', async () => {
    const pair = ca.leaf({ names: [NAME] });
    await using server = await httpsServer({ key: pair.key, cert: pair.cert + ca.intermediate.cert + ca.root }, ok);
    await using dns = await dnsServer({ [NAME]: ['127.0.0.1'] });
    const { findings } = await doctor(`https://${NAME}:${server.port}/`, '--resolver', dns.address);
    expect(wrong(findings)).toMatchObject({ check: 'chain', seen: expect.stringContaining("root 'Test root'") });
  });

  it('that only the system’s store trusts is told: curl works there, Node does not', async () => {
    await using server = await httpsServer(chain(ca.leaf({ names: ['127.0.0.1'] })), ok);
    const url = `https://127.0.0.1:${server.port}/`;
    const { stdout, code } = await faultlayer(['doctor', url], { SSL_CERT_FILE: root });
    expect(code).toBe(1);
    expect(stdout.replace(/\s+/g, ' ')).toContain('trusted by this system’s store, not by Node’s own');
    expect(stdout).toContain('--use-system-ca');
  });

  it('for another host name is told, with the names it has', async () => {
    await using server = await httpsServer(chain(ca.leaf({ names: ['other.test'] })), ok);
    expect(wrong((await at(server.port)).findings)).toMatchObject({
      check: 'host name',
      seen: expect.stringContaining('other.test'),
    });
  });

  it('that has ended is told, and one that ends soon is noted', async () => {
    await using ended = await httpsServer(chain(ca.leaf({ names: [NAME], days: -1 })), ok);
    expect(wrong((await at(ended.port)).findings)).toMatchObject({
      check: 'dates',
      seen: expect.stringContaining('ended'),
    });
    await using soon = await httpsServer(chain(ca.leaf({ names: [NAME], days: 3 })), ok);
    const { code, findings } = await at(soon.port);
    expect(code).toBe(0);
    expect(findings.find((f) => f.check === 'dates')).toMatchObject({ verdict: 'note' });
  });
});

describe('a handshake', () => {
  it('with a server of old protocols only names them', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await using server = await httpsServer({ ...chain(ca.leaf({ names: [NAME] })), ...old }, ok);
    expect(wrong((await at(server.port)).findings).seen).toContain('speaks only TLSv1.1, TLSv1');
  });

  it('with a plain HTTP port is told', async () => {
    await using server = await httpServer(ok);
    expect(wrong((await at(server.port)).findings)).toMatchObject({
      means: expect.stringContaining('does not speak TLS'),
    });
  });

  it('that wants a client certificate is told', async () => {
    await using server = await httpsServer(
      { ...chain(ca.leaf({ names: [NAME] })), requestCert: true, rejectUnauthorized: true, ca: ca.root },
      ok,
    );
    const finding = wrong((await at(server.port)).findings);
    expect(`${finding.means} ${finding.next}`).toContain('client certificate');
  });

  it('without any answer is told as silence', async () => {
    await using server = await tcpServer(() => {});
    const { findings } = await at(server.port, '--timeout', '1');
    expect(wrong(findings)).toMatchObject({ seen: expect.stringContaining('nothing came back') });
  });
});

describe('names', () => {
  it('are asked of every resolver, and the one that fails is named', async () => {
    await using server = await httpServer(ok);
    await using good = await dnsServer({ [NAME]: ['127.0.0.1'] });
    await using bad = await dnsServer({ [NAME]: { rcode: 2 } });
    const { code, findings } = await doctor(
      `http://${NAME}:${server.port}/`,
      '--resolver',
      good.address,
      '--resolver',
      bad.address,
    );
    expect(findings.find((f) => f.check === `DNS ${good.address}`)).toMatchObject({ verdict: 'ok' });
    expect(findings.find((f) => f.check === `DNS ${bad.address}`)).toMatchObject({
      verdict: 'note',
      seen: expect.stringContaining('ESERVFAIL'),
    });
    expect(code).toBe(0);
  });

  it.each([
    ['NXDOMAIN', { rcode: 3 }, 'ENOTFOUND'],
    ['SERVFAIL', { rcode: 2 }, 'ESERVFAIL'],
    ['REFUSED', { rcode: 5 }, 'EREFUSED'],
    ['silence', 'silent', 'ETIMEOUT'],
    ['no address', [], 'ENODATA'],
  ] as const)('with %s stop there', async (_, reply, error) => {
    await using dns = await dnsServer({ [NAME]: reply });
    const { report, findings } = await doctor(
      `http://${NAME}:9/`,
      '--resolver',
      dns.address,
      '--timeout',
      reply === 'silent' ? '1' : '10',
    );
    expect(report.stoppedAt).toBe('transport');
    expect(wrong(findings)).toMatchObject({ check: `DNS ${dns.address}`, seen: expect.stringContaining(error) });
  });

  it('with several addresses: each is tried, and the dead one is named', async () => {
    await using server = await httpServer(ok);
    await using dns = await dnsServer({ [NAME]: ['127.0.0.1', '127.0.0.2'] });
    const { code, findings } = await doctor(`http://${NAME}:${server.port}/`, '--resolver', dns.address);
    expect(code).toBe(1);
    expect(findings.find((f) => f.check === 'TCP 127.0.0.1')).toMatchObject({ verdict: 'ok' });
    expect(wrong(findings)).toMatchObject({ check: 'TCP 127.0.0.2', seen: expect.stringContaining('ECONNREFUSED') });
  });
});

describe('a proxy', () => {
  it('opens the way and every step passes', async () => {
    await using server = await httpsServer(chain(ca.leaf({ names: [NAME] })), ok);
    await using proxy = await connectProxy(200);
    const { code } = await doctor(
      `https://${NAME}:${server.port}/`,
      '--ca',
      root,
      '--proxy',
      `http://u:secret@127.0.0.1:${proxy.port}`,
    );
    expect(code).toBe(0);
    expect(proxy.seen).toEqual([`${NAME}:${server.port}`]);
  });

  it('that wants credentials is told', async () => {
    await using proxy = await connectProxy(407);
    const { report, findings } = await doctor(`https://${NAME}/`, '--proxy', `http://127.0.0.1:${proxy.port}`);
    expect(report.stoppedAt).toBe('transport');
    expect(wrong(findings).seen).toContain('proxy.auth_required');
  });

  it('that only curl would use is noted, without its credentials', async () => {
    await using server = await httpServer(ok);
    const { stdout } = await faultlayer(['doctor', `http://127.0.0.1:${server.port}/`], {
      http_proxy: 'http://user:hunter2@proxy.test:3128',
    });
    expect(stdout).toContain('proxy.test:3128');
    expect(stdout).toContain('NODE_USE_ENV_PROXY=1');
    expect(stdout).not.toContain('hunter2');
  });
});

it('an answer that breaks off, stalls or is no HTTP is told at its stage', async () => {
  await using cut = await tcpServer((s) =>
    s.once('data', () => s.end('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nhalf')),
  );
  expect(wrong((await doctor(`http://127.0.0.1:${cut.port}/`)).findings).seen).toContain('http.response.truncated');
  await using mute = await tcpServer(() => {});
  expect(wrong((await doctor(`http://127.0.0.1:${mute.port}/`, '--timeout', '0.5')).findings).seen).toContain(
    'http.response.timed_out',
  );
  await using noise = await tcpServer((s) => s.once('data', () => s.end('SSH-2.0-x\r\n')));
  expect(wrong((await doctor(`http://127.0.0.1:${noise.port}/`)).findings).seen).toContain('http.response.invalid');
  await using hangUp = await listening(createTls(chain(ca.leaf({ names: [NAME] })), (s) => s.destroy()));
  expect(wrong((await at(hangUp.port)).findings).check).toBe('HTTP');
});
