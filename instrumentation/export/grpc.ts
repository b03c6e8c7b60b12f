import type { ClientHttp2Session } from 'node:http2';
import { builtin } from '../base/builtin.ts';
import { suppressed } from '../span/context.ts';
import { type Endpoint, USER_AGENT } from './endpoint.ts';
import { codeOf, unseen } from './sync.ts';
import { COLLECTOR_HEADER, type Transport, type Verdict } from './types.ts';

/** OTLP specification, "OTLP/gRPC Response": these may be tried again; RESOURCE_EXHAUSTED only as far as the server says when. */
const RETRYABLE = new Set([1, 4, 10, 11, 14, 15]);
/** A status is told in headers and trailers; an answer's message is thrown away, and more than this is no answer. */
const MAX_ANSWER = 64 * 1024;
const PATHS = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
} as const;
/** As `Line`'s. */
const IDLE_MS = 10_000;

/** google.rpc.RetryInfo inside grpc-status-details-bin is not read: 8 is refused, as a sender without it does. */
function verdictOf(status: string | undefined): Verdict {
  if (status === '0') return { kind: 'ok', why: '' };
  const kind = RETRYABLE.has(Number(status ?? 14)) ? 'retry' : 'refused';
  return { kind, why: status === undefined ? 'no grpc-status' : `grpc-status ${status}` };
}

/** Length-prefixed message (gRPC over HTTP/2, "Length-Prefixed-Message"). */
function framed(body: Uint8Array, packed: boolean): Buffer {
  const message = Buffer.allocUnsafe(5 + body.length);
  message.writeUInt8(packed ? 1 : 0, 0);
  message.writeUInt32BE(body.length, 1);
  message.set(body, 5);
  return message;
}

/** OTLP/gRPC over one `node:http2` session. */
export function createGrpc(endpoint: Endpoint): Transport {
  const { url, tls, timeoutMs, headers, gzip } = endpoint;
  const { connect, constants } = builtin('node:http2');
  let session: ClientHttp2Session | undefined;
  let isOurs: boolean | undefined;
  let idle: NodeJS.Timeout | undefined;

  const drop = (): void => {
    session?.destroy();
    session = undefined;
  };
  const rest = (): void => {
    clearTimeout(idle);
    idle = setTimeout(drop, IDLE_MS).unref();
  };
  const open = (): ClientHttp2Session => {
    if (session && !session.closed && !session.destroyed) return session;
    const made = unseen(() => connect(url.origin, { ...tls }));
    const leave = (): void => {
      if (session === made) session = undefined;
    };
    made
      .on('error', leave)
      .on('close', leave)
      .on('goaway', leave)
      .on('connect', () => made.unref());
    made.unref();
    session = made;
    rest();
    return made;
  };
  /** Bodies that have left: a session writes once the turn is over in which it was given something, and no listener of the end can make it. */
  const written = new WeakSet<Uint8Array>();
  const note = (body: Uint8Array, of: ClientHttp2Session): void => {
    const soon = (): void => void setImmediate(() => written.add(body)).unref();
    if (of.connecting) of.once('connect', soon);
    else soon();
  };
  const call = (body: Uint8Array, packed: boolean): Promise<Verdict> =>
    new Promise((resolve) => {
      rest();
      if (!packed) note(body, open());
      const stream = suppressed(() =>
        open().request({
          ...headers,
          ':method': 'POST',
          ':path': PATHS[endpoint.signal],
          'content-type': 'application/grpc',
          te: 'trailers',
          'user-agent': USER_AGENT,
          'grpc-timeout': `${timeoutMs}m`,
          ...(packed && { 'grpc-encoding': 'gzip' }),
        }),
      );
      let status: string | undefined;
      let why = '';
      let received = 0;
      const read = (fields: Record<string, unknown>): void => {
        const told = fields['grpc-status'];
        if (typeof told === 'string') status = told;
        else if (fields[':status'] !== undefined && fields[':status'] !== 200) why = `status ${fields[':status']}`;
      };
      const timer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), timeoutMs).unref();
      stream.on('response', (fields) => {
        isOurs = fields[COLLECTOR_HEADER] !== undefined;
      });
      stream.on('response', read).on('trailers', read);
      stream.on('data', (chunk: Buffer) => {
        received += chunk.length;
        if (received > MAX_ANSWER) stream.close(constants.NGHTTP2_CANCEL);
      });
      stream.on('error', (error) => {
        why = codeOf((error as { cause?: unknown }).cause ?? error);
      });
      stream.on('close', () => {
        clearTimeout(timer);
        if (status !== undefined) return resolve(verdictOf(status));
        const answered = why === '' || why.startsWith('status 5');
        resolve({
          kind: answered ? 'retry' : why.startsWith('status') ? 'refused' : 'unreachable',
          why: why || 'timeout',
        });
      });
      stream.end(framed(body, packed));
    });
  return {
    open: () => void open(),
    async post(body, now = false) {
      try {
        if (!gzip || now) return await call(body, false);
        const { gzip: pack } = builtin('node:zlib');
        return await new Promise<Verdict>((resolve, reject) =>
          pack(body, (error, bytes) => (error ? reject(error) : resolve(call(bytes, true)))),
        );
      } catch (error) {
        return { kind: 'retry', why: codeOf(error) };
      }
    },
    finish: (bodies) => (bodies.every((body) => written.has(body)) ? 'written' : 'unusable'),
    left: (bodies) => bodies.filter((body) => !written.has(body)),
    close: drop,
    get isOurs() {
      return isOurs;
    },
  };
}
