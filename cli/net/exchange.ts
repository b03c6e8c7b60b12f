import type { TLSSocket } from 'node:tls';
import type { LayerName, Phase } from '../../src/contract/index.ts';
import { classifyTransport } from '../../src/layers/transport.ts';
import { ConnectError, type ConnectOptions, connect, RefusedError } from './connect.ts';
import { sendHttp1 } from './http1.ts';
import { sendHttp2 } from './http2.ts';
import { type Judgement, judge } from './judge.ts';

export interface Outgoing {
  readonly method: string;
  readonly url: URL;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string | Buffer | undefined;
}

/** One request and what came of it. Redirects are not followed: where they lead is part of the answer. */
export interface Run extends Partial<Judgement> {
  readonly startMs: number;
  readonly durationMs: number;
  /** Seconds per phase. */
  readonly timings: Readonly<Record<string, number>>;
  readonly address?: string;
  readonly status?: number;
  /** HTTP version of the answer. */
  readonly protocol?: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string;
  /** The answer was longer than the cap; the rest was not read. */
  readonly truncated: boolean;
  /** Absent when the call went well. */
  readonly layer?: LayerName;
  readonly reason?: string;
  readonly error?: string;
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
  const base = (): Pick<Run, 'startMs' | 'durationMs' | 'timings'> => ({
    startMs,
    durationMs: performance.now() - start,
    timings: state.timings,
  });
  try {
    const tls = options.http2 ? { ...options.tls, ALPNProtocols: ['h2'] } : options.tls;
    const connection = await connect(outgoing.url, { ...options, tls, signal, timeoutMs: deadlineMs });
    Object.assign(state, { address: connection.address, timings: connection.timings });
    state.phase = 'send';
    signal.throwIfAborted();
    if (options.http2 && outgoing.url.protocol === 'https:') expectHttp2(connection.socket as TLSSocket);
    const send = options.http2 ? sendHttp2 : sendHttp1;
    const answer = await send(outgoing, connection.socket, state, signal);
    const judgement = judge(outgoing.url.hostname, answer.status, answer.headers, answer.body, answer.truncated);
    return { ...base(), ...answer, address: connection.address, ...judgement };
  } catch (error) {
    const empty = { headers: [], truncated: false };
    if (error instanceof RefusedError) return { ...base(), ...empty, refused: error.message };
    const inner = error instanceof ConnectError ? error : undefined;
    const phase = inner?.phase ?? state.phase;
    const cause = inner?.cause ?? error;
    const toProxy = options.proxy !== undefined && inner !== undefined && inner.phase !== 'tls';
    const verdict = classifyTransport({
      phase,
      error: cause,
      toProxy,
      timedOut: signal.aborted,
      cancelled: false,
    });
    const address = inner?.address ?? state.address;
    return {
      ...base(),
      ...empty,
      ...(address === undefined ? {} : { address }),
      ...(state.status === undefined ? {} : { status: state.status }),
      layer: verdict.layer ?? 'unknown',
      reason: verdict.reason ?? 'unknown',
      error: cause instanceof Error ? cause.message : String(cause),
    };
  }
}

/** A server that knows no ALPN answers the handshake all the same, and would take HTTP/2's first bytes for a request. */
function expectHttp2(socket: TLSSocket): void {
  if (socket.alpnProtocol === 'h2') return;
  socket.destroy();
  const error = new Error(`the server does not speak HTTP/2: it chose ${socket.alpnProtocol || 'no protocol'}`);
  throw new ConnectError('tls', Object.assign(error, { code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL' }));
}

/** How far an exchange has come. */
export interface State {
  phase: Phase;
  timings: Record<string, number>;
  address?: string;
  status?: number;
}

export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: [string, string][];
  readonly body: string;
  readonly truncated: boolean;
  /** `1.1`, `2`. */
  readonly protocol: string;
}
