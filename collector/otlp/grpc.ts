import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { rebound } from '../../src/aggregate/index.ts';
import { type BodyError, finish, readBody } from '../base/body.ts';
import { LIMITS } from '../limits.ts';
import { frame, messageOf, messageText, timeoutMs } from './grpc-frames.ts';
import type { Receiver } from './receiver.ts';
import { OURS } from './respond.ts';
import { responseOf, SIGNALS, type Signal } from './signals.ts';
import { Refusal, retryStatus, rpcCode } from './status.ts';

const BY_METHOD: ReadonlyMap<string | undefined, Signal> = new Map(SIGNALS.map((signal) => [signal.method, signal]));
const CONTENT_TYPE = 'application/grpc+proto';
const GRPC = /^application\/grpc(?:\+proto)?(?:;|$)/i;
/** Room for the message's prefix. */
const PREFIX = 5;

/** Unary Export of the three OTLP services over HTTP/2, as the gRPC protocol document asks; no gRPC package. */
export class OtlpGrpc {
  private readonly receiver: Receiver;

  constructor(receiver: Receiver) {
    this.receiver = receiver;
  }

  handle(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    // A stream that breaks off emits `error`; there is nobody left to tell.
    stream.on('error', () => undefined);
    if (headers[':method'] !== 'POST' || !GRPC.test(headers['content-type'] ?? '')) {
      this.count(415);
      stream.respond({ ':status': 415, 'content-type': 'text/plain' });
      stream.end('this port speaks OTLP over gRPC\n');
      return;
    }
    const call = new Call(stream);
    const signal = BY_METHOD.get(headers[':path']);
    const refusal = this.judge(stream, headers, signal);
    if (refusal || !signal) {
      this.refuse(call, refusal!);
      return;
    }
    const wait = Math.min(
      timeoutMs(headers['grpc-timeout'] as string | undefined) ?? Infinity,
      LIMITS.requestTimeoutMs,
    );
    const timer = setTimeout(() => this.refuse(call, new Refusal(408, 'the deadline is over')), wait);
    stream.once('close', () => clearTimeout(timer));
    readBody(stream, LIMITS.bodyBytes + PREFIX, LIMITS.inFlightBytes, false)
      .then(
        (body) => {
          clearTimeout(timer);
          this.take(call, signal, headers['grpc-encoding'] as string | undefined, body.bytes);
          finish(body);
        },
        ({ status, message }: BodyError) => {
          clearTimeout(timer);
          if (stream.destroyed) this.receiver.ctx.self.requests.inc({ code: 'aborted' });
          else this.refuse(call, new Refusal(status, message));
        },
      )
      .catch((error: unknown) => this.receiver.ctx.faults.caught('grpc', error));
  }

  private judge(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    signal: Signal | undefined,
  ): Refusal | undefined {
    if (rebound(stream.session?.socket.localAddress, headers[':authority']))
      return new Refusal(403, 'this host name is not served here');
    if (!signal) return new Refusal(404, `only Export of OTLP's three services is served, not ${headers[':path']}`);
    return this.receiver.admit(headers.authorization);
  }

  private take(call: Call, signal: Signal, encoding: string | undefined, body: Buffer): void {
    if (call.answered) return;
    try {
      const { bytes, gzip } = messageOf(body, encoding);
      call.succeed(responseOf(signal, 'protobuf', this.receiver.take(signal, bytes, 'protobuf', gzip)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refuse(call, error);
    }
  }

  private refuse(call: Call, refusal: Refusal): void {
    if (call.answered) return;
    this.count(refusal.status);
    call.fail(refusal);
  }

  private count(status: number): void {
    this.receiver.ctx.self.requests.inc({ code: String(status) });
  }
}

/** One call's answer: once, and only while its stream is open. */
class Call {
  answered = false;
  private readonly stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream) {
    this.stream = stream;
  }

  succeed(message: Uint8Array): void {
    this.answered = true;
    const { stream } = this;
    if (stream.destroyed) return;
    stream.respond({ ':status': 200, 'content-type': CONTENT_TYPE, ...OURS }, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(frame(message));
  }

  fail({ status, message, headers }: Refusal): void {
    this.answered = true;
    const { stream } = this;
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
  }
}
