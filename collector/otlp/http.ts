import type { IncomingMessage, ServerResponse } from 'node:http';
import { rebound } from '../../src/aggregate/index.ts';
import { type BodyError, finish, readBody } from '../base/body.ts';
import { requestPath } from '../base/request-path.ts';
import { LIMITS } from '../limits.ts';
import type { Receiver } from './receiver.ts';
import { accept, refuse } from './respond.ts';
import { CONTENT_TYPE, type Encoding, SIGNALS, type Signal } from './signals.ts';
import { Refusal } from './status.ts';

const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([
  ['application/x-protobuf', 'protobuf'],
  ['application/json', 'json'],
]);
const BY_PATH: ReadonlyMap<string | undefined, Signal> = new Map(SIGNALS.map((signal) => [signal.path, signal]));

/** By name, without regard to case; `x-gzip` is another name of gzip (RFC 9110, 8.4.1). */
const CODINGS: ReadonlyMap<string, 'gzip' | 'identity'> = new Map([
  ['', 'identity'],
  ['identity', 'identity'],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
]);
const codingOf = ({ headers }: IncomingMessage): 'gzip' | 'identity' | undefined =>
  CODINGS.get((headers['content-encoding'] ?? '').trim().toLowerCase());

/** POST /v1/traces, /v1/metrics and /v1/logs as the OTLP/HTTP specification asks. */
export class OtlpHttp {
  private readonly receiver: Receiver;

  constructor(receiver: Receiver) {
    this.receiver = receiver;
  }

  handle(req: IncomingMessage, res: ServerResponse): void {
    const [type = ''] = (req.headers['content-type'] ?? '').split(';', 1);
    const encoding = ENCODINGS.get(type.trim().toLowerCase());
    const signal = BY_PATH.get(requestPath(req.url));
    const refusal = this.judge(req, encoding, signal);
    if (refusal || !encoding || !signal) {
      this.refuse(req, res, encoding ?? 'json', refusal!);
      return;
    }
    readBody(req, LIMITS.bodyBytes, LIMITS.inFlightBytes)
      .then(
        (body) => {
          this.take(req, res, signal, encoding, body.bytes);
          finish(body);
        },
        ({ status, message }: BodyError) => {
          if (req.destroyed && !req.complete) this.receiver.ctx.self.requests.inc({ code: 'aborted' });
          else this.refuse(req, res, encoding, new Refusal(status, message));
        },
      )
      .catch((error: unknown) => this.receiver.ctx.faults.caught('otlp', error));
  }

  /** What can be refused before the body is read. */
  private judge(req: IncomingMessage, encoding: Encoding | undefined, signal: Signal | undefined): Refusal | undefined {
    if (rebound(req.socket.localAddress, req.headers.host))
      return new Refusal(403, 'this host name is not served here');
    if (!signal) return new Refusal(404, `only ${SIGNALS.map(({ path }) => path).join(', ')} are served`);
    if (req.method !== 'POST') return new Refusal(405, 'use POST', { allow: 'POST' });
    const refused = this.receiver.admit(req.headers.authorization);
    if (refused?.status === 401) return refused;
    if (!encoding) return new Refusal(415, `Content-Type must be ${Object.values(CONTENT_TYPE).join(' or ')}`);
    if (codingOf(req) === undefined)
      return new Refusal(415, 'Content-Encoding must be gzip or identity', { 'accept-encoding': 'gzip, identity' });
    return refused;
  }

  private take(req: IncomingMessage, res: ServerResponse, signal: Signal, encoding: Encoding, raw: Buffer): void {
    try {
      accept(res, signal, encoding, this.receiver.take(signal, raw, encoding, codingOf(req) === 'gzip'));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refuse(req, res, encoding, error);
    }
  }

  private refuse(req: IncomingMessage, res: ServerResponse, encoding: Encoding, refusal: Refusal): void {
    this.receiver.ctx.self.requests.inc({ code: String(refusal.status) });
    if (!res.headersSent) refuse(req, res, encoding, refusal);
  }
}
