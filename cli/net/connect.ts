import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, getCACertificates, type TLSSocket } from 'node:tls';
import type { Phase } from '../../src/contract/index.ts';
import { isSpecialAddress } from './addresses.ts';
import { type Resolved, resolveHost } from './resolve.ts';
import { openTunnel } from './tunnel.ts';

export interface ConnectOptions {
  /** Without it, a name or address that leads to a special address is refused, and the address connected to is checked again. */
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
  /** `host` or `host:port` of the resolver to ask instead of the system’s. */
  readonly resolver?: string | undefined;
  /** Certificates trusted besides Node’s own, PEM. */
  readonly ca?: readonly string[] | undefined;
  readonly tls?: ConnectionOptions | undefined;
  /** Gets the OCSP response that the server staples; asked for only where there is somebody to get it. */
  readonly onOcsp?: ((response: Buffer) => void) | undefined;
  readonly timeoutMs: number;
  /** Goes over this unix socket of this host. */
  readonly unixSocket?: string | undefined;
  /** Goes through this HTTP proxy; the proxy resolves the name then, and addresses are the proxy’s. */
  readonly proxy?: URL | undefined;
}

/** The connection could not be made; `phase` says where it ended. */
export class ConnectError extends Error {
  readonly phase: Phase;
  readonly address: string | undefined;
  constructor(phase: Phase, cause: unknown, address?: string) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.phase = phase;
    this.address = address;
  }
}

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
    return { socket: await lap('tcp', () => openUnix(options.unixSocket!)), address: options.unixSocket, timings };
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

const openUnix = (path: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connectTcp(path, () => resolve(socket));
    socket.once('error', (error) => reject(new ConnectError('tcp', error, path)));
  });

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

/** One TCP connection to one address. */
export function openTcp(
  address: string,
  port: number,
  options: Pick<ConnectOptions, 'signal' | 'timeoutMs'>,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host: address, port });
    const fail = (error: unknown): void => {
      socket.destroy();
      options.signal.removeEventListener('abort', aborted);
      reject(new ConnectError('tcp', error, address));
    };
    const aborted = (): void => fail(timeout(options.timeoutMs));
    socket.setTimeout(options.timeoutMs, aborted);
    options.signal.addEventListener('abort', aborted, { once: true });
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', fail);
      // An error between two owners must not become an uncaught exception.
      socket.on('error', () => {});
      options.signal.removeEventListener('abort', aborted);
      resolve(socket);
    });
  });
}

/** The TLS handshake on an open socket; ends the socket when it fails. */
export function openTls(socket: Socket, host: string, options: ConnectOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const bare = host.replace(/^\[|\]$/g, '');
    const address = socket.remoteAddress;
    const secure = connectTls({
      socket,
      ...(/^[\d.]+$|:/.test(bare) ? { host: bare } : { servername: bare, host: bare }),
      ALPNProtocols: ['http/1.1'],
      ...(options.ca === undefined ? {} : { ca: [...getCACertificates('default'), ...options.ca] }),
      ...(options.onOcsp === undefined ? {} : { requestOCSP: true }),
      ...options.tls,
    });
    if (options.onOcsp !== undefined) secure.once('OCSPResponse', options.onOcsp);
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      secure.destroy();
      options.signal.removeEventListener('abort', aborted);
      reject(new ConnectError('tls', error, address));
    };
    const aborted = (): void => fail(timeout(options.timeoutMs));
    const timer = setTimeout(aborted, options.timeoutMs);
    options.signal.addEventListener('abort', aborted, { once: true });
    secure.once('error', fail);
    secure.once('close', () =>
      fail(Object.assign(new Error('the peer hung up during the handshake'), { code: 'ECONNRESET' })),
    );
    secure.once('secureConnect', () => {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', aborted);
      secure.removeAllListeners('close');
      secure.off('error', fail);
      secure.on('error', () => {});
      resolve(secure);
    });
  });
}

const timeout = (ms: number): Error =>
  Object.assign(new Error(`no answer in ${ms} ms`), { code: 'ETIMEDOUT', name: 'TimeoutError' });
