import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, getCACertificates, type TLSSocket } from 'node:tls';
import type { Phase } from '../../src/contract/index.ts';
import { resolveHost } from './addresses.ts';

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

/** How long a step may take. */
type Patience = Pick<ConnectOptions, 'signal' | 'timeoutMs'>;

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

/** What the system or the peer said, without the phase. */
export const causeOf = (error: unknown): NodeJS.ErrnoException =>
  (error instanceof ConnectError ? error.cause : error) as NodeJS.ErrnoException;

export const openUnix = (path: string, options: ConnectOptions): Promise<Socket> =>
  opened(connectTcp(path), 'connect', options, 'tcp', path);

/** One TCP connection to one address. */
export const openTcp = (address: string, port: number, options: Patience): Promise<Socket> =>
  opened(connectTcp({ host: address, port }), 'connect', options, 'tcp', address);

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
  { signal, timeoutMs }: Patience,
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

const timeout = (ms: number, who = 'no answer'): Error =>
  Object.assign(new Error(`${who} in ${ms} ms`), { code: 'ETIMEDOUT', name: 'TimeoutError' });

/** A tunnel to `target` through an HTTP proxy (RFC 9110 §9.3.6). Credentials in the proxy’s URL go to the proxy only. */
export async function openTunnel(proxy: URL, target: URL, options: ConnectOptions): Promise<Socket> {
  const { addresses } = await resolveHost(proxy.hostname, undefined, options.timeoutMs).catch((error: unknown) => {
    throw new ConnectError('dns', error);
  });
  let socket = await openTcp(addresses[0]!.address, portOf(proxy), options);
  if (proxy.protocol === 'https:') socket = await openTls(socket, proxy.hostname, { ...options, tls: {} });
  const authority = `${target.hostname}:${portOf(target)}`;
  const credentials = Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`);
  const late = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
  const request = httpRequest({
    createConnection: () => socket,
    method: 'CONNECT',
    path: authority,
    headers: {
      host: authority,
      ...(proxy.username && { 'proxy-authorization': `Basic ${credentials.toString('base64')}` }),
    },
    signal: late,
  });
  try {
    const [{ statusCode = 0 }, , early] = (await once(request.end(), 'connect')) as [IncomingMessage, Socket, Buffer];
    // The code is the one that Node’s own agents raise.
    if (statusCode < 200 || statusCode >= 300)
      throw Object.assign(new Error(`the proxy answered CONNECT with ${statusCode}`), {
        code: 'ERR_PROXY_TUNNEL',
        statusCode,
      });
    if (early.length > 0) socket.unshift(early);
    return socket;
  } catch (error) {
    socket.destroy();
    throw new ConnectError('wait', late.aborted ? timeout(options.timeoutMs, 'no answer from the proxy') : error);
  }
}

/** The port of a URL, also where it is the scheme's own. */
export const portOf = ({ port, protocol }: URL): number => Number(port || (protocol === 'https:' ? 443 : 80));
