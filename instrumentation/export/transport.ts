import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { NAME, VERSION } from '../../src/version.ts';
import { suppressed } from '../span/context.ts';
import type { Endpoint } from './endpoint.ts';

/** Only a partial success message is of interest, and it is short; the rest of a hostile answer is dropped with its socket. */
const MAX_ANSWER = 64 * 1024;
/** OTLP specification, "Retryable Response Codes". */
const RETRYABLE = new Set([429, 502, 503, 504]);

export interface Verdict {
  readonly kind: 'ok' | 'retry' | 'refused';
  /** What to say once: a status or an error code, never a message that could quote a header. */
  readonly why: string;
  /** The server's own delay (RFC 9110 §10.2.3), milliseconds. */
  readonly retryAfterMs?: number;
}

let sending = false;
/** True while one of our own exports is being started: that request is not the application's and gets no span. */
export const isOwnExport = (): boolean => sending;

/** Retry-After as seconds or as a date; garbage is ignored. */
export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,15}$/.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

export interface Transport {
  /** Posts one body; never rejects. */
  post(body: Uint8Array): Promise<Verdict>;
}

/**
 * One keep-alive connection that never keeps the process alive. The stock exporter's transport cannot be used for that: its
 * sockets and retry timers are referenced, which holds a finished process for eight to ten seconds.
 * Built-ins are fetched at the first export, so that the preload itself does not load them.
 */
export function createTransport(endpoint: Endpoint): Transport {
  const secure = endpoint.url.protocol === 'https:';
  const http = secure ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http');
  const zlib = process.getBuiltinModule('node:zlib');
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1, ...endpoint.tls });
  const headers = {
    ...endpoint.headers,
    'content-type': endpoint.protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
    'user-agent': `${NAME}/${VERSION}`,
    ...(endpoint.gzip && { 'content-encoding': 'gzip' }),
  };

  const send = (body: Uint8Array, done: (verdict: Verdict) => void): void => {
    const request = http.request(endpoint.url, {
      method: 'POST',
      agent,
      headers: { ...headers, 'content-length': body.length },
    });
    const timer = setTimeout(() => {
      done({ kind: 'retry', why: 'timeout' });
      request.destroy();
    }, endpoint.timeoutMs);
    timer.unref();
    const settle = (verdict: Verdict) => {
      clearTimeout(timer);
      done(verdict);
    };
    request.on('socket', (socket: Socket) => socket.unref());
    request.on('error', (error: NodeJS.ErrnoException) => settle({ kind: 'retry', why: error.code ?? 'error' }));
    // 1xx answers are not counted one by one: a loop of them ends with the timeout
    request.on('response', (response: IncomingMessage) => {
      let received = 0;
      response.on('data', (chunk: Buffer) => {
        received += chunk.length;
        if (received > MAX_ANSWER) request.destroy();
      });
      response.on('error', () => {});
      const status = response.statusCode ?? 0;
      const retryAfter = retryAfterMs(response.headers['retry-after'], Date.now());
      if (status >= 200 && status < 300) settle({ kind: 'ok', why: '' });
      // a redirect is not followed: it would carry the credentials to another host
      else if (!RETRYABLE.has(status)) settle({ kind: 'refused', why: `status ${status}` });
      else
        settle({
          kind: 'retry',
          why: `status ${status}`,
          ...(retryAfter !== undefined && { retryAfterMs: retryAfter }),
        });
    });
    request.end(body);
  };

  const start = (body: Uint8Array, done: (verdict: Verdict) => void): void => {
    sending = true;
    try {
      suppressed(() => send(body, done));
    } catch {
      done({ kind: 'refused', why: 'invalid exporter configuration' });
    } finally {
      sending = false;
    }
  };

  return {
    post: (body) =>
      new Promise((resolve) => {
        if (!endpoint.gzip) return start(body, resolve);
        zlib.gzip(body, (error, packed) =>
          error ? resolve({ kind: 'refused', why: 'gzip' }) : start(packed, resolve),
        );
      }),
  };
}
