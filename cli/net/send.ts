import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { Phase } from '../../src/contract/index.ts';

export interface Outgoing {
  readonly method: string;
  readonly url: URL;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string | Buffer | undefined;
}

/** How far an exchange has come. */
export interface State {
  phase: Phase;
  address?: string;
  status?: number;
  headers?: readonly (readonly [string, string])[];
  /** Bytes of the body so far, and when the last of them came, `performance.now()`. */
  received?: number;
  lastMs?: number;
}

export interface Answer {
  readonly status: number;
  /** Names in lower case; trailers behind them. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly truncated: boolean;
  /** `1.1`, `2`. */
  readonly protocol: string;
}

/** Sends one request over an open connection and reads its answer; `state` follows. */
export type Send = (outgoing: Outgoing, socket: Socket, state: State, signal: AbortSignal) => Promise<Answer>;

export const sendHttp1: Send = async ({ url, method, headers, body }, socket, state, signal) => {
  const has = new Set(headers.map(([name]) => name.toLowerCase()));
  const usual: (readonly [string, string])[] = [
    ['host', url.host],
    ['accept-encoding', 'identity'],
    ['connection', 'close'],
    ...(body === undefined ? [] : [['content-length', String(Buffer.byteLength(body))] as const]),
  ];
  const request = httpRequest({
    createConnection: () => socket,
    method,
    host: url.hostname,
    path: `${url.pathname}${url.search}`,
    headers: [...headers, ...usual.filter(([name]) => !has.has(name))].flat(),
    signal,
  });
  // A tunnel hands its socket on paused.
  request.once('socket', (connected) => connected.resume());
  request.once('finish', () => {
    state.phase = 'wait';
  });
  const [response] = (await once(request.end(body), 'response')) as [IncomingMessage];
  return read(response, response.statusCode ?? 0, pairsOf(response.headersDistinct), response.httpVersion, state);
};

/** Headers of the connection, which HTTP/2 has in its frames (RFC 9113 §8.2.2). */
const HOP = new Set(['connection', 'host', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

export const sendHttp2: Send = async ({ url, method, headers, body }, socket, state, signal) => {
  const session = connect(url.origin, { createConnection: () => socket });
  try {
    const own = headers.map(([name, value]) => [name.toLowerCase(), value] as const).filter(([name]) => !HOP.has(name));
    const pseudo = { ':method': method, ':path': `${url.pathname}${url.search}`, 'accept-encoding': 'identity' };
    const stream = session.request(
      { ...pseudo, ...Object.fromEntries(own) },
      { endStream: body === undefined, signal },
    );
    stream.once('finish', () => {
      state.phase = 'wait';
    });
    // The answer's headers, or what ended the stream or its whole session before them.
    const answered = await new Promise<IncomingHttpHeaders>((resolve, reject) => {
      session.once('error', reject);
      stream.once('error', reject).once('response', resolve);
      stream.once('close', () =>
        reject(Object.assign(new Error(`the stream was closed with code ${stream.rstCode}`), { code: 'ECONNRESET' })),
      );
      if (body !== undefined) stream.end(body);
    });
    const trailers: (readonly [string, string])[] = [];
    stream.once('trailers', (fields: IncomingHttpHeaders) => trailers.push(...pairsOf(fields)));
    const answer = await read(stream, Number(answered[':status'] ?? 0), pairsOf(answered), '2', state);
    return { ...answer, headers: [...answer.headers, ...trailers] };
  } finally {
    session.destroy();
  }
};

const pairsOf = (headers: IncomingHttpHeaders | NodeJS.Dict<string[]>): (readonly [string, string])[] =>
  Object.entries(headers)
    .filter(([name]) => !name.startsWith(':'))
    .flatMap(([name, value]) => [value ?? []].flat().map((one) => [name, one] as const));

const BODY_MAX = 1024 * 1024;
const DECODE: Readonly<Record<string, typeof gunzipSync>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

/** Reads at most the first MiB of a body, as text. Its content coding is undone, but not of a cut body. */
async function read(
  body: AsyncIterable<Buffer>,
  status: number,
  headers: readonly (readonly [string, string])[],
  protocol: string,
  state: State,
): Promise<Answer> {
  Object.assign(state, { phase: 'body', status, headers, received: 0, lastMs: performance.now() });
  const chunks: Buffer[] = [];
  for await (const chunk of body) {
    chunks.push(chunk);
    state.received! += chunk.length;
    state.lastMs = performance.now();
    if (state.received! > BODY_MAX) break;
  }
  const truncated = state.received! > BODY_MAX;
  const raw = Buffer.concat(chunks).subarray(0, BODY_MAX);
  const encoding = headers.find(([name]) => name === 'content-encoding')?.[1].toLowerCase() ?? '';
  const inflate = truncated || raw.length === 0 ? undefined : DECODE[encoding];
  const text = inflate === undefined ? raw : inflate(raw, { maxOutputLength: BODY_MAX });
  return { status, headers, body: text.toString('utf8'), truncated, protocol };
}
