import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { isSpecialAddress } from './addresses.ts';
import { ConnectError, type ConnectOptions, openTcp, openTls, openUnix } from './open.ts';
import { type Resolved, resolveHost } from './resolve.ts';
import { openTunnel } from './tunnel.ts';

/** The safety rule spoke: nothing was sent. */
export class RefusedError extends Error {}

export interface Connection {
  readonly socket: Socket | TLSSocket;
  readonly address: string;
  /** Seconds: dns, tcp, tls. */
  readonly timings: Record<string, number>;
}

/** Resolves once, checks, connects to the very address that was checked, and does the TLS handshake: nothing can be swapped in between. */
export async function connect(url: URL, options: ConnectOptions): Promise<Connection> {
  const timings: Record<string, number> = {};
  const lap = async <T>(phase: 'dns' | 'tcp' | 'tls', work: () => Promise<T>): Promise<T> => {
    // A listener added to a signal that has fired already is never called.
    if (options.signal.aborted) throw new ConnectError(phase, options.signal.reason);
    const start = performance.now();
    try {
      return await work();
    } finally {
      timings[phase] = (timings[phase] ?? 0) + (performance.now() - start) / 1000;
    }
  };
  if (options.unixSocket !== undefined) {
    if (!options.allowPrivate) throw new RefusedError(`${options.unixSocket} is a socket of this host itself`);
    return {
      socket: await lap('tcp', () => openUnix(options.unixSocket!, options)),
      address: options.unixSocket,
      timings,
    };
  }
  if (options.proxy !== undefined) {
    const tunnel = await lap('tcp', () => openTunnel(options.proxy!, url, options));
    const socket = url.protocol === 'https:' ? await lap('tls', () => openTls(tunnel, url.hostname, options)) : tunnel;
    return { socket, address: tunnel.remoteAddress ?? '', timings };
  }
  // RFC 6761 §6.3: these names are loopback wherever a resolver is asked; some do not know `localhost.`
  if (!options.allowPrivate && /(^|\.)localhost\.?$/i.test(url.hostname))
    throw new RefusedError(`${url.hostname} is this host itself, not a public address`);
  const addresses = await lap('dns', () =>
    resolveHost(url.hostname, options.resolver, options.timeoutMs).catch((error: unknown) => {
      throw new ConnectError('dns', error);
    }),
  );
  if (!options.allowPrivate) refuseSpecial(url.hostname, addresses);
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const socket = await lap('tcp', () => firstOpen(addresses, port, options));
  const address = socket.remoteAddress ?? '';
  if (!options.allowPrivate && isSpecialAddress(address)) {
    socket.destroy();
    throw new RefusedError(`connected to ${address || 'an unknown address'}, which is not public`);
  }
  if (url.protocol !== 'https:') return { socket, address, timings };
  const secure = await lap('tls', () => openTls(socket, url.hostname, options));
  return { socket: secure, address, timings };
}

function refuseSpecial(host: string, addresses: readonly Resolved[]): void {
  const special = addresses.find((a) => isSpecialAddress(a.address));
  if (special === undefined) return;
  throw new RefusedError(
    special.address === host
      ? `${host} is not a public address`
      : `${host} leads to ${special.address}, which is not a public address`,
  );
}

async function firstOpen(addresses: readonly Resolved[], port: number, options: ConnectOptions): Promise<Socket> {
  let last: unknown;
  for (const { address } of addresses) {
    try {
      return await openTcp(address, port, options);
    } catch (error) {
      last = error;
      if (options.signal.aborted) break;
    }
  }
  throw last ?? new ConnectError('dns', Object.assign(new Error('no address'), { code: 'ENOTFOUND' }));
}
