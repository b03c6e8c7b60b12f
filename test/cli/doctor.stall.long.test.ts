import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { DoctorReport } from '../../cli/doctor/base.ts';
import { authority } from '../support/certificates.ts';
import { faultlayer } from '../support/cli.ts';
import { httpServer, httpsServer, tcpServer } from '../support/servers.ts';

const ca = authority();
const folder = mkdtempSync(join(tmpdir(), 'faultlayer-stall-'));
const root = join(folder, 'root.pem');
writeFileSync(root, ca.root);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  ca[Symbol.dispose]();
});

describe('a handshake that stalls', () => {
  // What a path with a lost "fragmentation needed" does to a hello of two packets, and what a middlebox does that knows no ML-KEM.
  it.each([
    ['large hellos are lost', (hello: Buffer) => hello.length > 1400, 'large packets get lost'],
    ['post-quantum hellos are lost', (hello: Buffer) => hello.includes(Buffer.from([0x11, 0xec])), 'X25519MLKEM768'],
  ])('behind a path where %s is told apart', async (_, lost, words) => {
    const pair = ca.leaf({ names: ['127.0.0.1'] });
    await using server = await httpsServer(
      { key: pair.key, cert: pair.cert + ca.intermediate.cert },
      (_, res) => void res.end('ok'),
    );
    await using path = await tcpServer((socket) => {
      const upstream = connect(server.port, '127.0.0.1');
      upstream.on('error', () => socket.destroy());
      socket.on('close', () => upstream.destroy());
      // One ClientHello may come in two reads.
      let hello = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => {
        hello = Buffer.concat([hello, chunk]);
        if (hello.length < 5 || hello.length < 5 + hello.readUInt16BE(3)) return;
        socket.removeAllListeners('data');
        if (lost(hello)) return;
        upstream.write(hello);
        socket.pipe(upstream).pipe(socket);
      });
    });
    const { stdout } = await faultlayer([
      'doctor',
      `https://127.0.0.1:${path.port}/`,
      '--json',
      '--timeout',
      '4',
      '--ca',
      root,
    ]);
    const report = JSON.parse(stdout) as DoctorReport;
    // Node 22’s OpenSSL 3.0 sends no post-quantum key share: nothing of it is lost there.
    if (process.versions.openssl.startsWith('3.0.')) {
      console.info(`OpenSSL ${process.versions.openssl} sends small hellos: the path loses nothing`);
      expect(report.verdict).toBe('ok');
    } else {
      expect(report.stoppedAt).toBe('transport');
      const finding = report.steps[3]!.findings.find((f) => f.verdict === 'mismatch')!;
      expect(`${finding.means} ${finding.seen}`).toContain(words);
    }
  });
});

describe('an upload that stalls', () => {
  const body = join(folder, 'body.json');
  writeFileSync(body, JSON.stringify({ text: 'x'.repeat(5000) }));
  const post = (port: number, ...more: string[]) =>
    faultlayer([
      'doctor',
      `http://127.0.0.1:${port}/`,
      ...['--json', '--timeout', '3', '--method', 'POST', '--body', body, '--header', 'content-type: application/json'],
      ...more,
    ]);
  const lastOf = (stdout: string) => {
    const report = JSON.parse(stdout) as DoctorReport;
    return { report, finding: report.steps[3]!.findings.at(-1)! };
  };
  /** A path to the server that swallows whatever comes in a piece of more than one packet. */
  const lossy = (port: number) =>
    tcpServer((socket) => {
      const upstream = connect(port, '127.0.0.1');
      upstream.on('error', () => socket.destroy());
      socket.on('close', () => upstream.destroy());
      socket.on('data', (chunk) => chunk.length > 1400 || upstream.write(chunk));
      upstream.pipe(socket);
    });

  it('because large packets are lost is told, sent or not', async () => {
    await using server = await httpServer((req, res) => void req.resume().on('end', () => res.end('ok')));
    await using path = await lossy(server.port);
    for (const more of [['--send'], []]) {
      const { report, finding } = lastOf((await post(path.port, ...more)).stdout);
      expect(report.stoppedAt).toBe('transport');
      expect(finding.seen).toContain('a small request is answered, one of 3 KB is not');
      expect(finding.means).toContain('MTU');
    }
  });

  it('at the provider is told apart from it', async () => {
    await using server = await httpServer((req, res) => void (req.method === 'HEAD' && res.end()));
    const { report, finding } = lastOf((await post(server.port, '--send')).stdout);
    expect(report.stoppedAt).toBe('transport');
    expect(finding.seen).toContain('http.response.timed_out');
    expect(finding.means).toContain('large packets do arrive');
  });

  it('not at all is told as well', async () => {
    await using server = await httpServer((req, res) => void req.resume().on('end', () => res.end('ok')));
    const { report, finding } = lastOf((await post(server.port)).stdout);
    expect(report.verdict).toBe('ok');
    expect(finding).toMatchObject({ check: 'large request', verdict: 'ok' });
  });
});
