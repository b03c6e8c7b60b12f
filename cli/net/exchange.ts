import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { LayerName } from '../../src/contract/index.ts';
import { classifyTransport, type Phase } from '../../src/layers/transport.ts';
import { ConnectError, type ConnectOptions, connect, RefusedError } from './connect.ts';
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
}

const DEADLINE_MS = 10_000;
const BODY_MAX = 1024 * 1024;

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
    const connection = await connect(outgoing.url, { ...options, signal, timeoutMs: deadlineMs });
    Object.assign(state, { address: connection.address, timings: connection.timings });
    state.phase = 'send';
    signal.throwIfAborted();
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

interface State {
  phase: Phase;
  timings: Record<string, number>;
  address?: string;
  status?: number;
}

type Answer = { status: number; headers: [string, string][]; body: string; truncated: boolean };

function send(
  outgoing: Outgoing,
  socket: NonNullable<ClientRequest['socket']>,
  state: State,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { url } = outgoing;
    let mark = performance.now();
    const lap = (name: string): void => {
      state.timings[name] = (performance.now() - mark) / 1000;
      mark = performance.now();
    };
    const has = (name: string): boolean => outgoing.headers.some(([n]) => n.toLowerCase() === name);
    const body = outgoing.body === undefined ? undefined : Buffer.from(outgoing.body as string);
    const headers = [
      ...outgoing.headers,
      ...(has('host') ? [] : [['host', url.host] as const]),
      ...(has('accept-encoding') ? [] : [['accept-encoding', 'identity'] as const]),
      ...(body === undefined || has('content-length') ? [] : [['content-length', String(body.length)] as const]),
      ...(has('connection') ? [] : [['connection', 'close'] as const]),
    ].flat();
    const request = httpRequest({
      createConnection: () => socket,
      method: outgoing.method,
      host: url.hostname,
      path: `${url.pathname}${url.search}`,
      headers,
    });
    signal.addEventListener('abort', () => request.destroy(signal.reason as Error), { once: true });
    request.once('finish', () => {
      state.phase = 'wait';
    });
    request.once('error', reject);
    request.once('response', (response) => {
      lap('wait');
      state.phase = 'body';
      state.status = response.statusCode ?? 0;
      read(response, signal).then((answer) => {
        lap('body');
        resolve(answer);
      }, reject);
    });
    request.end(body);
  });
}

async function read(response: IncomingMessage, signal: AbortSignal): Promise<Answer> {
  const chunks: Buffer[] = [];
  let length = 0;
  let truncated = false;
  signal.addEventListener('abort', () => response.destroy(signal.reason as Error), { once: true });
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > BODY_MAX) {
      truncated = true;
      break;
    }
  }
  const raw = Buffer.concat(chunks).subarray(0, BODY_MAX);
  const headers: [string, string][] = [];
  for (let i = 0; i < response.rawHeaders.length; i += 2)
    headers.push([response.rawHeaders[i]!.toLowerCase(), response.rawHeaders[i + 1]!]);
  const bytes = truncated ? raw : decode(raw, response.headers['content-encoding']);
  return { status: response.statusCode ?? 0, headers, body: bytes.toString('utf8'), truncated };
}

const DECODE: Readonly<Record<string, typeof gunzipSync>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

function decode(raw: Buffer, encoding: string | undefined): Buffer {
  const inflate = DECODE[encoding?.toLowerCase() ?? ''];
  return inflate === undefined || raw.length === 0 ? raw : inflate(raw, { maxOutputLength: BODY_MAX });
}
