import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { Refusal } from '../base/body.ts';
import { LIMITS } from '../limits.ts';
import { GRPC_PREFIX, OURS, type Receiver } from './receiver.ts';
import { responseOf, retryStatus, rpcCode, SIGNALS, type Signal, type Taken } from './signals.ts';

const BY_METHOD: ReadonlyMap<string | undefined, Signal> = new Map(SIGNALS.map((signal) => [signal.method, signal]));
const CONTENT_TYPE = 'application/grpc+proto';
const GRPC = /^application\/grpc(?:\+proto)?(?:;|$)/i;
const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** `grpc-timeout` in milliseconds, as long as any request may take at most. */
function timeoutMs(header: string | string[] | undefined): number {
  const [, amount, unit] = /^(\d{1,8})([HMSmun])$/.exec(String(header)) ?? [];
  const asked = amount === undefined ? Infinity : Number(amount) * UNIT_MS[unit!]!;
  return Math.min(asked, LIMITS.requestTimeoutMs);
}

/** `grpc-message`: everything but printable ASCII, and the percent sign, as %XX of its UTF-8 bytes. */
const messageText = (text: string): string =>
  Array.from(new TextEncoder().encode(text), (byte) =>
    byte >= 0x20 && byte <= 0x7e && byte !== 0x25
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');

/** Unary Export of the three OTLP services over HTTP/2, as the gRPC protocol document asks; no gRPC package. */
export function receiveGrpc(receiver: Receiver, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  // A stream that breaks off emits `error`; there is nobody left to tell.
  stream.on('error', () => undefined);
  if (headers[':method'] !== 'POST' || !GRPC.test(headers['content-type'] ?? '')) {
    receiver.count('415');
    stream.respond({ ':status': 415, 'content-type': 'text/plain' });
    stream.end('this port speaks OTLP over gRPC\n');
    return;
  }
  const signal = BY_METHOD.get(headers[':path']);
  const call = callOf(stream, signal ?? SIGNALS[0]!, headers['grpc-encoding']);
  const unknown = `only Export of OTLP's three services is served, not ${headers[':path']}`;
  const refusal =
    receiver.misled(stream.session?.socket.localAddress, headers[':authority']) ??
    (signal ? receiver.admit(headers.authorization) : new Refusal(404, unknown));
  if (refusal) {
    receiver.refuse(call, refusal);
    return;
  }
  const late = (): void => receiver.refuse(call, new Refusal(408, 'the deadline is over'));
  const timer = setTimeout(late, timeoutMs(headers['grpc-timeout']));
  stream.once('end', () => clearTimeout(timer));
  stream.once('close', () => clearTimeout(timer));
  receiver.receive(call, stream, 'grpc');
}

/** Answers once, and only while its stream is open. */
const callOf = (stream: ServerHttp2Stream, signal: Signal, compression: string | string[] | undefined) => ({
  signal,
  encoding: 'protobuf' as const,
  answered: false,
  get gone(): boolean {
    return stream.destroyed;
  },
  /** The one message of a unary request. */
  unwrap(body: Buffer) {
    if (body.length < GRPC_PREFIX || body.length - GRPC_PREFIX !== body.readUInt32BE(1))
      throw new Refusal(400, 'a unary request holds one message, with its length');
    const gzip = body[0] === 1;
    if (gzip && compression !== 'gzip') throw new Refusal(415, 'grpc-encoding must be gzip or identity');
    return { bytes: body.subarray(GRPC_PREFIX), gzip };
  },
  accept(taken: Taken): void {
    this.answered = true;
    if (stream.destroyed) return;
    const message = responseOf(signal, 'protobuf', taken);
    const framed = Buffer.alloc(GRPC_PREFIX + message.length);
    framed.writeUInt32BE(message.length, 1);
    framed.set(message, GRPC_PREFIX);
    stream.respond({ ':status': 200, 'content-type': CONTENT_TYPE, ...OURS }, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(framed);
  },
  refuse({ status, message, headers }: Refusal): void {
    this.answered = true;
    if (stream.destroyed) return;
    const code = rpcCode(status);
    const retry = headers['retry-after'];
    stream.respond(
      {
        ':status': 200,
        'content-type': CONTENT_TYPE,
        'grpc-status': String(code),
        'grpc-message': messageText(message),
        ...(retry !== undefined && {
          'grpc-status-details-bin': Buffer.from(retryStatus(code, message, Number(retry))).toString('base64'),
        }),
      },
      { endStream: true },
    );
    // What is still coming is not wanted (RFC 9113, 8.1).
    if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
  },
});
