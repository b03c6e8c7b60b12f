import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
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

const openUnix = (path: string, options: ConnectOptions): Promise<Socket> =>
  opened(connectTcp(path), 'connect', options, 'tcp', path);

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
export const openTcp = (
  address: string,
  port: number,
  options: Pick<ConnectOptions, 'signal' | 'timeoutMs'>,
): Promise<Socket> => opened(connectTcp({ host: address, port }), 'connect', options, 'tcp', address);

/** The TLS handshake on an open socket; ends the socket when it fails. */
export function openTls(socket: Socket, host: string, options: ConnectOptions): Promise<TLSSocket> {
  const bare = host.replace(/^\[|\]$/g, '');
  const secure = connectTls({
    socket,
    ...(isIP(bare) ? {} : { servername: bare }),
    host: bare,
    ALPNProtocols: ['http/1.1'],
    ...(options.ca === undefined ? {} : { ca: [...getCACertificates('default'), ...options.ca] }),
    ...options.tls,
  });
  return opened(secure, 'secureConnect', options, 'tls', socket.remoteAddress);
}

/** Waits for a socket's event, for its error, or for the time to be over, in which case the socket is destroyed. */
async function opened<S extends Socket>(
  socket: S,
  event: string,
  { signal, timeoutMs }: Pick<ConnectOptions, 'signal' | 'timeoutMs'>,
  phase: 'tcp' | 'tls',
  address: string | undefined,
): Promise<S> {
  // An error between two owners must not become an uncaught exception.
  socket.on('error', () => {});
  const ended = new AbortController();
  const close = (): void => ended.abort();
  socket.once('close', close);
  const late = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    await once(socket, event, { signal: AbortSignal.any([late, ended.signal]) });
    socket.off('close', close);
    return socket;
  } catch (error) {
    socket.destroy();
    const hungUp = (): Error => Object.assign(new Error('the peer hung up before it was open'), { code: 'ECONNRESET' });
    const cause = late.aborted ? timeout(timeoutMs) : ended.signal.aborted ? hungUp() : error;
    throw new ConnectError(phase, cause, address);
  }
}

export const timeout = (ms: number, who = 'no answer'): Error =>
  Object.assign(new Error(`${who} in ${ms} ms`), { code: 'ETIMEDOUT', name: 'TimeoutError' });
