import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { expect, it } from 'vitest';
import { startProvider } from '../../examples/provider/provider.ts';
import { waitFor } from '../support/wait-for.ts';

it('an expired certificate is seen by a caller whose handshake was under way when it expired', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'provider-'));
  const provider = await startProvider({ host: '127.0.0.1', port: 0, controlPort: 0, folder, address: '127.0.0.1' });
  // Passes the caller's first flight on, and keeps its second until the certificate has expired.
  let release = () => {};
  let held = false;
  const relay = createServer((near: Socket) => {
    const far = dial(provider.port, '127.0.0.1');
    near.once('data', (hello) => {
      far.write(hello);
      near.on('data', (more) => {
        if (release === passOn) return void far.write(more);
        held = true;
        const before = release;
        release = () => {
          before();
          far.write(more);
        };
      });
    });
    far.pipe(near);
    for (const end of [near, far]) end.on('error', () => near.destroy());
  });
  const passOn = () => {};
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const servername = 'api.warehouse.test';
  const ca = readFileSync(join(folder, 'ca.pem'));
  const open = (session?: Buffer): TLSSocket =>
    connect({
      host: '127.0.0.1',
      port: (relay.address() as AddressInfo).port,
      servername,
      ca,
      ...(session && { session }),
    });
  try {
    const first = open();
    let session: Buffer | undefined;
    first.on('session', (s) => {
      session = s;
    });
    await waitFor(() => held, 'the second flight of the handshake');
    await fetch(`http://127.0.0.1:${provider.controlPort}/faults/warehouse/expired`, { method: 'POST' });
    const send = release;
    release = passOn;
    send();
    first.write('GET / HTTP/1.1\r\n\r\n');
    await waitFor(() => session !== undefined, 'a session to resume');
    first.destroy();
    const second = open(session);
    const end = await new Promise<string | undefined>((resolve) => {
      second.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      second.once('secureConnect', () => resolve(`resumed: ${second.isSessionReused()}`));
    });
    second.destroy();
    expect(end).toBe('CERT_HAS_EXPIRED');
  } finally {
    relay.close();
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
