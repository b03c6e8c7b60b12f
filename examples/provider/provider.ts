import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { Server as HttpServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { answerer } from './answer.ts';
import { APIS } from './apis/index.ts';
import { createAuthority } from './certificate.ts';
import { controlServer } from './control.ts';
import { Switchboard } from './faults.ts';
import { Ledger } from './record.ts';

export interface ProviderOptions {
  readonly host: string;
  /** Where HTTPS and the switches listen; 0 takes a free port. */
  readonly port: number;
  readonly controlPort: number;
  /** Gets `ca.pem` (for NODE_EXTRA_CA_CERTS) and `hosts` (the zone file). */
  readonly folder: string;
  /** What the names in the zone file stand for: an address, or another name to look up. */
  readonly address: string;
}
export interface Provider {
  readonly port: number;
  readonly controlPort: number;
  close(): Promise<void>;
}

const DAY = 86_400_000;

const listen = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });

/** Starts the fake provider: one HTTPS listener that is every API by name, one HTTP listener with the switches. */
export async function startProvider(options: ProviderOptions): Promise<Provider> {
  const authority = createAuthority();
  const context = (host: string, notAfter: number): SecureContext =>
    createSecureContext(authority.issue([host], new Date(notAfter)));
  const now = Date.now();
  const contexts = new Map(
    APIS.map((api, i) => [
      api.host,
      { valid: context(api.host, now + (40 + 25 * i) * DAY), expired: context(api.host, now - 60_000) },
    ]),
  );
  const writeZone = () =>
    writeFileSync(
      join(options.folder, 'hosts'),
      APIS.filter((api) => faults.of(api)?.fault !== 'nodns')
        .map((api) => `${options.address} ${api.host}\n`)
        .join(''),
    );
  const faults = new Switchboard(writeZone);
  const ledger = new Ledger();
  const sockets = new Map<number, Socket>();

  const server = createServer(
    {
      SNICallback: (name, done) => {
        const api = APIS.find((a) => a.host === name);
        const pair = contexts.get(name);
        if (api === undefined || pair === undefined) return done(new Error(`no certificate for ${name}`));
        done(null, faults.of(api)?.fault === 'expired' ? pair.expired : pair.valid);
      },
      keepAliveTimeout: 30_000,
    },
    answerer(APIS, faults, ledger, (request) => sockets.get(request.socket.remotePort ?? -1)),
  );
  server.on('connection', (socket: Socket) => {
    // A resumed session would not look at the certificate again, so no connection can open the tickets of another.
    server.setTicketKeys(randomBytes(48));
    const port = socket.remotePort ?? -1;
    sockets.set(port, socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(port));
  });
  server.on('tlsClientError', () => {}); // a caller that refuses the certificate is part of the story
  const control = controlServer(APIS, faults, ledger);

  writeFileSync(join(options.folder, 'ca.pem'), authority.cert);
  writeZone();
  const port = await listen(server, options.port, options.host);
  const controlPort = await listen(control, options.controlPort, options.host);
  const stop = (s: HttpServer) =>
    new Promise<void>((resolve) => {
      s.close(() => resolve());
      s.closeAllConnections();
    });
  return {
    port,
    controlPort,
    close: async () => {
      for (const socket of sockets.values()) socket.destroy();
      await Promise.all([stop(server as unknown as HttpServer), stop(control)]);
    },
  };
}
