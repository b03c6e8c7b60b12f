import { createHash, timingSafeEqual } from 'node:crypto';
import { BodyError } from '../base/body.ts';
import type { CollectorContext } from '../base/context.ts';
import type { Forwarder } from '../forward/forwarder.ts';
import { LIMITS } from '../limits.ts';
import { inflated } from './inflate.ts';
import type { SpanIngest } from './ingest.ts';
import { Malformed } from './messages.ts';
import { countLogs, type MetricsIngest } from './metrics.ts';
import { CONTENT_TYPE, type Encoding, type Signal, type Taken } from './signals.ts';
import { Refusal } from './status.ts';

const NOTHING_REFUSED: Taken = { rejected: 0, message: '' };

/** Compared as digests, so that neither content nor length shows in the time it takes. */
const sameSecret = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());

/** What OTLP over HTTP and over gRPC have in common: tokens, limits, and what becomes of a body. */
export class Receiver {
  readonly ctx: CollectorContext;
  private readonly spans: SpanIngest;
  private readonly metrics: MetricsIngest;
  private readonly forwarder: Forwarder | undefined;

  constructor(ctx: CollectorContext, spans: SpanIngest, metrics: MetricsIngest, forwarder: Forwarder | undefined) {
    this.ctx = ctx;
    this.spans = spans;
    this.metrics = metrics;
    this.forwarder = forwarder;
  }

  /** Why a sender with this `authorization` cannot send now. */
  admit(authorization: string | undefined): Refusal | undefined {
    const { otlpToken } = this.ctx.config;
    const shown = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
    if (otlpToken !== undefined && !sameSecret(shown, otlpToken))
      return new Refusal(401, 'a bearer token is needed', { 'www-authenticate': 'Bearer' });
    const reason = this.ctx.notReady();
    return reason === undefined ? undefined : new Refusal(503, reason);
  }

  /** Takes a body whole. Throws Refusal; an error of ours is counted, logged and becomes a Refusal 500. */
  take(signal: Signal, raw: Buffer, encoding: Encoding, gzip: boolean): Taken {
    this.ctx.self.bytes.inc(raw.length);
    try {
      const read = (bytes: Buffer): Taken => this.read(signal, bytes, encoding);
      const taken = gzip ? inflated(raw, LIMITS.bodyBytes, read) : read(raw);
      if (signal.name === 'traces') this.forwarder?.take(raw, CONTENT_TYPE[encoding], gzip);
      this.ctx.self.requests.inc({ code: '200' });
      return taken;
    } catch (error) {
      if (error instanceof BodyError) throw new Refusal(error.status, error.message);
      if (error instanceof Malformed) throw new Refusal(400, error.message);
      this.ctx.faults.caught('otlp', error);
      throw new Refusal(500, 'internal error');
    }
  }

  private read(signal: Signal, bytes: Buffer, encoding: Encoding): Taken {
    switch (signal.name) {
      case 'traces':
        return this.spans.take(bytes, encoding);
      case 'metrics':
        return this.metrics.take(bytes, encoding);
      case 'logs':
        this.ctx.self.dropped.inc({ signal: 'logs' }, countLogs(bytes, encoding));
        return NOTHING_REFUSED;
    }
  }
}
