import type { TLSSocket } from 'node:tls';
import type { LayerName } from '../../src/contract/index.ts';
import { type Evidence, extract } from '../../src/extract/index.ts';
import { layerOfAnswer, reasonOfAnswer } from '../../src/layers/answer.ts';
import { classifyTransport } from '../../src/layers/transport.ts';
import { providerName } from '../../src/providers/index.ts';
import type { Answer, Outgoing, State } from './answer.ts';
import { connect, RefusedError } from './connect.ts';
import { sendHttp1 } from './http1.ts';
import { sendHttp2 } from './http2.ts';
import { ConnectError, type ConnectOptions } from './open.ts';

/** One request and what came of it. Redirects are not followed: where they lead is part of the answer. */
export interface Run extends Partial<Omit<Answer, 'headers'>> {
  readonly startMs: number;
  readonly durationMs: number;
  /** Seconds per phase. */
  readonly timings: Readonly<Record<string, number>>;
  readonly address?: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly provider?: string;
  readonly evidence?: Evidence;
  /** Absent when the call went well. */
  readonly layer?: LayerName;
  readonly reason?: string;
  /** What the client said, without advice that does not help, and its code. */
  readonly error?: string;
  readonly code?: string;
  /** Our own deadline ended it: seconds, bytes of the body until then, and seconds of silence before the end. */
  readonly limit?: { readonly seconds: number; readonly received?: number; readonly silent?: number };
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
  const state: State = { phase: 'dns', timings: {} };
  const base = () => ({ startMs, durationMs: performance.now() - start, timings: state.timings });
  try {
    const tls = options.http2 ? { ...options.tls, ALPNProtocols: ['h2'] } : options.tls;
    const connection = await connect(outgoing.url, { ...options, tls, signal, timeoutMs: deadlineMs });
    Object.assign(state, { address: connection.address, timings: connection.timings });
    state.phase = 'send';
    signal.throwIfAborted();
    if (options.http2 && outgoing.url.protocol === 'https:') expectHttp2(connection.socket as TLSSocket);
    const send = options.http2 ? sendHttp2 : sendHttp1;
    const answer = await send(outgoing, connection.socket, state, signal);
    return { ...base(), ...answer, address: connection.address, ...judge(outgoing.url.hostname, answer) };
  } catch (error) {
    if (error instanceof RefusedError) return { ...base(), headers: [], refused: error.message };
    const inner = error instanceof ConnectError ? error : undefined;
    const cause = inner?.cause ?? error;
    const { layer = 'unknown', reason = 'unknown' } = classifyTransport({
      phase: inner?.phase ?? state.phase,
      error: cause,
      toProxy: options.proxy !== undefined && inner !== undefined && inner.phase !== 'tls',
      timedOut: signal.aborted,
      cancelled: false,
    });
    const { code } = cause as NodeJS.ErrnoException;
    const address = inner?.address ?? state.address;
    const silent = state.lastMs === undefined ? undefined : (performance.now() - state.lastMs) / 1000;
    const received = { ...(silent === undefined ? {} : { received: state.received!, silent }) };
    return {
      ...base(),
      headers: state.headers ?? [],
      ...(address === undefined ? {} : { address }),
      ...(state.status === undefined ? {} : { status: state.status }),
      layer,
      reason,
      error: withoutAdvice(cause instanceof Error ? cause.message : String(cause)),
      ...(typeof code === 'string' ? { code } : {}),
      ...(signal.aborted ? { limit: { seconds: deadlineMs / 1000, ...received } } : {}),
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
