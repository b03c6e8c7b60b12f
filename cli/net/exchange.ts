import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { LayerName, Reason } from '../../src/contract/index.ts';
import { type Evidence, extract } from '../../src/extract/index.ts';
import { layerOfAnswer, reasonOfAnswer } from '../../src/layers/answer.ts';
import { classifyTransport } from '../../src/layers/transport.ts';
import { providerName } from '../../src/providers/index.ts';
import { isSpecialAddress, type Resolved, resolveHost } from './addresses.ts';
import { ConnectError, type ConnectOptions, causeOf, openTcp, openTls, openTunnel, openUnix, portOf } from './open.ts';
import { type Answer, type Outgoing, type State, sendHttp1, sendHttp2 } from './send.ts';

/** Our own deadline: seconds, bytes of the body until then, and seconds of silence before the end. */
interface Limit {
  readonly seconds: number;
  readonly received?: number | undefined;
  readonly silent?: number | undefined;
}

/** One request and what came of it. Redirects are not followed: where they lead is part of the answer. */
export interface Run extends Partial<Omit<Answer, 'headers' | 'status'>> {
  readonly status?: number | undefined;
  readonly startMs: number;
  readonly durationMs: number;
  readonly address?: string | undefined;
  readonly headers: readonly (readonly [string, string])[];
  readonly provider?: string | undefined;
  readonly evidence?: Evidence;
  /** Absent when the call went well. */
  readonly layer?: LayerName;
  readonly reason?: Reason;
  /** What the client said, without advice that does not help, and its code. */
  readonly error?: string | undefined;
  readonly code?: string | undefined;
  /** Present where our own deadline ended it. */
  readonly limit?: Limit | undefined;
  /** A safety rule kept the request from being sent. */
  readonly refused?: string;
}

export interface ExchangeOptions extends Omit<ConnectOptions, 'signal' | 'timeoutMs'> {
  /** For the whole exchange; 10 s where absent. */
  readonly deadlineMs?: number;
  /** Speak HTTP/2: over TLS by ALPN, without TLS with prior knowledge (RFC 9113 §3). */
  readonly http2?: boolean | undefined;
}

const DEADLINE_MS = 10_000;

/** Sends one request over a connection of its own and never throws: every failure is told with its layer and reason. */
export async function exchange(outgoing: Outgoing, options: ExchangeOptions): Promise<Run> {
  const startMs = Date.now();
  const start = performance.now();
  const deadlineMs = options.deadlineMs ?? DEADLINE_MS;
  const signal = AbortSignal.timeout(deadlineMs);
  const state: State = { phase: 'dns' };
  const base = () => ({ startMs, durationMs: performance.now() - start });
  try {
    const tls = options.http2 ? { ...options.tls, ALPNProtocols: ['h2'] } : options.tls;
    const connection = await connect(outgoing.url, { ...options, tls, signal, timeoutMs: deadlineMs });
    Object.assign(state, { phase: 'send', address: connection.address });
    signal.throwIfAborted();
    if (options.http2 && outgoing.url.protocol === 'https:') expectHttp2(connection.socket as TLSSocket);
    const send = options.http2 ? sendHttp2 : sendHttp1;
    const answer = await send(outgoing, connection.socket, state, signal);
    return { ...base(), ...answer, address: connection.address, ...judge(outgoing.url.hostname, answer) };
  } catch (error) {
    if (error instanceof RefusedError) return { ...base(), headers: [], refused: error.message };
    const inner = error instanceof ConnectError ? error : undefined;
    const cause = causeOf(error);
    const { layer = 'unknown', reason = 'unknown' } = classifyTransport({
      phase: inner?.phase ?? state.phase,
      error: cause,
      toProxy: options.proxy !== undefined && inner !== undefined && inner.phase !== 'tls',
      timedOut: signal.aborted,
      cancelled: false,
    });
    const silent = state.lastMs === undefined ? undefined : (performance.now() - state.lastMs) / 1000;
    return {
      ...base(),
      headers: state.headers ?? [],
      address: inner?.address ?? state.address,
      status: state.status,
      layer,
      reason,
      error: withoutAdvice(cause instanceof Error ? cause.message : String(cause)),
      code: typeof cause.code === 'string' ? cause.code : undefined,
      limit: signal.aborted ? { seconds: deadlineMs / 1000, received: state.received, silent } : undefined,
    };
  }
}

/** Node proposes --use-system-ca whatever is wrong with a chain; `faultlayer doctor` tries it and says when it helps. */
const withoutAdvice = (message: string): string => message.replace(/; if the root CA is installed locally.*$/s, '');

/** What an answer says, read by the same rules as in the service. */
function judge(host: string, { status, headers, body, truncated }: Answer): Partial<Run> {
  const header = (name: string): string | undefined => headers.find(([n]) => n === name.toLowerCase())?.[1];
  const contentType = header('content-type');
  const provider = providerName(host);
  const evidence = extract({
    status,
    host,
    header,
    headerNames: () => headers.map(([name]) => name),
    body: body.slice(0, 16_384),
    truncated: truncated || body.length > 16_384,
    nowMs: Date.now(),
    ...(contentType === undefined ? {} : { contentType }),
  });
  const layer = layerOfAnswer(status, evidence, provider);
  return { provider, evidence, ...(layer === undefined ? {} : { layer, reason: reasonOfAnswer(layer, evidence) }) };
}

/** A server that knows no ALPN answers the handshake all the same, and would take HTTP/2's first bytes for a request. */
function expectHttp2(socket: TLSSocket): void {
  if (socket.alpnProtocol === 'h2') return;
  socket.destroy();
  const error = new Error(`the server does not speak HTTP/2: it chose ${socket.alpnProtocol || 'no protocol'}`);
  throw new ConnectError('tls', Object.assign(error, { code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL' }));
}

/** The safety rule spoke: nothing was sent. */
class RefusedError extends Error {}

/** Resolves once, checks, connects to the very address that was checked, and does the TLS handshake: nothing can be swapped in between. */
async function connect(url: URL, options: ConnectOptions) {
  const { allowPrivate, unixSocket, proxy } = options;
  if (unixSocket !== undefined) {
    if (!allowPrivate) throw new RefusedError(`${unixSocket} is a socket of this host itself`);
    return { socket: await openUnix(unixSocket, options), address: unixSocket };
  }
  const open = proxy === undefined ? await openChecked(url, options) : await openTunnel(proxy, url, options);
  const address = open.remoteAddress ?? '';
  return { socket: url.protocol === 'https:' ? await openTls(open, url.hostname, options) : open, address };
}

async function openChecked(url: URL, options: ConnectOptions): Promise<Socket> {
  const { hostname } = url;
  const { allowPrivate, resolver, timeoutMs } = options;
  // RFC 6761 §6.3: these names are loopback wherever a resolver is asked; some do not know `localhost.`
  if (!allowPrivate && /(^|\.)localhost\.?$/i.test(hostname))
    throw new RefusedError(`${hostname} is this host itself, not a public address`);
  const { addresses } = await resolveHost(hostname, resolver, timeoutMs).catch((error: unknown) => {
    throw new ConnectError('dns', error);
  });
  const special = allowPrivate ? undefined : addresses.find((a) => isSpecialAddress(a.address))?.address;
  if (special !== undefined)
    throw new RefusedError(
      `${hostname}${special === hostname ? ' is' : ` leads to ${special}, which is`} not a public address`,
    );
  const socket = await firstOpen(addresses, portOf(url), options);
  if (allowPrivate || !isSpecialAddress(socket.remoteAddress ?? '')) return socket;
  socket.destroy();
  throw new RefusedError(`connected to ${socket.remoteAddress || 'an unknown address'}, which is not public`);
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
