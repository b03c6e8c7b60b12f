import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect, it } from 'vitest';
import { collectorProcess } from '../support/collector-process.ts';
import { waitFor } from '../support/wait-for.ts';
import { makeCertificate } from '../support/x509.ts';

/** The name in the certificate that a port shows. */
const shown = (url: string, protocol: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(
      { port: Number(new URL(url).port), ALPNProtocols: [protocol], rejectUnauthorized: false },
      () => {
        resolve(String(socket.getPeerCertificate().subject['CN']));
        socket.destroy();
      },
    );
    socket.on('error', reject);
  });

it('reads certificates again on SIGHUP, of OTLP over HTTP and gRPC and of the pages, and keeps the old ones where it cannot', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-reload-'));
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  const write = (name: string): void => {
    const { cert, key } = makeCertificate({ name, names: [name] });
    writeFileSync(files.cert, cert);
    writeFileSync(files.key, key);
  };
  write('first');
  try {
    await using collector = await collectorProcess({
      FAULTLAYER_OTLP_TLS_CERT: files.cert,
      FAULTLAYER_OTLP_TLS_KEY: files.key,
      FAULTLAYER_HTTP_TLS_CERT: files.cert,
      FAULTLAYER_HTTP_TLS_KEY: files.key,
    });
    const all = () =>
      Promise.all([shown(collector.otlp, 'http/1.1'), shown(collector.grpc, 'h2'), shown(collector.http, 'http/1.1')]);
    expect(await all()).toEqual(['first', 'first', 'first']);
    write('second');
    collector.child.kill('SIGHUP');
    await waitFor(async () => (await all()).every((name) => name === 'second'), 'the new certificate');
    writeFileSync(files.cert, 'no certificate');
    collector.child.kill('SIGHUP');
    await waitFor(() => /not read again, the old one stays/.test(collector.stderr()), 'the complaint');
    expect(await all()).toEqual(['second', 'second', 'second']);
    expect(collector.child.exitCode).toBeNull();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
