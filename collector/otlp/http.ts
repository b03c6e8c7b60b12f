import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { rebound } from '../../src/aggregate/index.ts';
import { BodyError, finish, readBody } from '../base/body.ts';
import type { CollectorContext } from '../base/context.ts';
import { requestPath } from '../base/request-path.ts';
import type { Forwarder } from '../forward/forwarder.ts';
import { LIMITS } from '../limits.ts';
import { inflated } from './inflate.ts';
import type { SpanIngest } from './ingest.ts';
import { accept, CONTENT_TYPE, type Encoding, refuse } from './respond.ts';
import { Malformed } from './wire.ts';

const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([
  ['application/x-protobuf', 'protobuf'],
  ['application/json', 'json'],
]);

/** By name, without regard to case; `x-gzip` is another name of gzip (RFC 9110, 8.4.1). */
const CODINGS: ReadonlyMap<string, 'gzip' | 'identity'> = new Map([
  ['', 'identity'],
  ['identity', 'identity'],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
]);
const codingOf = ({ headers }: IncomingMessage): 'gzip' | 'identity' | undefined =>
  CODINGS.get((headers['content-encoding'] ?? '').trim().toLowerCase());

interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly headers?: Record<string, string>;
}

/** Compared as digests, so that neither content nor length shows in the time it takes. */
const sameSecret = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());

/** POST /v1/traces as the OTLP/HTTP specification asks. */
export class OtlpHttp {
  private readonly ctx: CollectorContext;
  private readonly intake: SpanIngest;
  private readonly forwarder: Forwarder | undefined;

  constructor(ctx: CollectorContext, intake: SpanIngest, forwarder: Forwarder | undefined) {
    this.ctx = ctx;
    this.intake = intake;
    this.forwarder = forwarder;
  }

  handle(req: IncomingMessage, res: ServerResponse): void {
    const [type = ''] = (req.headers['content-type'] ?? '').split(';', 1);
    const encoding = ENCODINGS.get(type.trim().toLowerCase());
    const refusal = this.judge(req, encoding);
    if (refusal || !encoding) {
      const { status, message, headers } = refusal!;
      this.refuse(req, res, encoding ?? 'json', status, message, headers);
      return;
    }
    readBody(req, LIMITS.bodyBytes, LIMITS.inFlightBytes)
      .then(
        (body) => {
          this.ctx.self.bytes.inc(body.bytes.length);
          this.body(req, res, encoding, body.bytes);
          finish(body);
        },
        (error: BodyError) => {
          if (req.destroyed && !req.complete) this.ctx.self.requests.inc({ code: 'aborted' });
          else this.refuse(req, res, encoding, error.status, error.message, again(error.status));
        },
      )
      .catch((error: unknown) => this.ctx.faults.caught('otlp', error));
  }

  /** What can be refused before the body is read. */
  private judge(req: IncomingMessage, encoding: Encoding | undefined): Refusal | undefined {
    if (rebound(req.socket.localAddress, req.headers.host))
      return { status: 403, message: 'this host name is not served here' };
    if (requestPath(req.url) !== '/v1/traces') return { status: 404, message: 'only /v1/traces is served' };
    if (req.method !== 'POST') return { status: 405, message: 'use POST', headers: { allow: 'POST' } };
    const { otlpToken } = this.ctx.config;
    const shown = /^Bearer (.+)$/i.exec(req.headers.authorization ?? '')?.[1] ?? '';
    if (otlpToken !== undefined && !sameSecret(shown, otlpToken))
      return { status: 401, message: 'a bearer token is needed', headers: { 'www-authenticate': 'Bearer' } };
    if (!encoding) return { status: 415, message: `Content-Type must be ${Object.values(CONTENT_TYPE).join(' or ')}` };
    if (codingOf(req) === undefined)
      return {
        status: 415,
        message: 'Content-Encoding must be gzip or identity',
        headers: { 'accept-encoding': 'gzip, identity' },
      };
    const reason = this.ctx.notReady();
    if (reason !== undefined) return { status: 503, message: reason, headers: again(503) };
    return undefined;
  }

  private body(req: IncomingMessage, res: ServerResponse, encoding: Encoding, raw: Buffer): void {
    try {
      const gzip = codingOf(req) === 'gzip';
      const take = (bytes: Buffer) => this.intake.take(bytes, encoding);
      const { rejected, message } = gzip ? inflated(raw, LIMITS.bodyBytes, take) : take(raw);
      this.forwarder?.take(raw, CONTENT_TYPE[encoding], gzip);
      this.ctx.self.requests.inc({ code: '200' });
      accept(res, encoding, rejected, message);
    } catch (error) {
      if (error instanceof BodyError) this.refuse(req, res, encoding, error.status, error.message);
      else if (error instanceof Malformed) this.refuse(req, res, encoding, 400, error.message);
      else {
        this.ctx.faults.caught('otlp', error);
        this.refuse(req, res, encoding, 500, 'internal error');
      }
    }
  }

  private refuse(
    req: IncomingMessage,
    res: ServerResponse,
    encoding: Encoding,
    status: number,
    message: string,
    headers: Record<string, string> = {},
  ): void {
    this.ctx.self.requests.inc({ code: String(status) });
    if (!res.headersSent) refuse(req, res, encoding, status, message, headers);
  }
}

const again = (status: number): Record<string, string> =>
  status === 503 ? { 'retry-after': String(LIMITS.retryAfterSeconds) } : {};
