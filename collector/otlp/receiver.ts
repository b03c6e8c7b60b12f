import { createHash, timingSafeEqual } from 'node:crypto';
import { rebound } from '../../src/aggregate/index.ts';
import { Refusal, readBody, type Source } from '../base/body.ts';
import type { CollectorContext } from '../base/context.ts';
import type { Forwarder } from '../forward/forwarder.ts';
import { LIMITS } from '../limits.ts';
import { inflated } from './inflate.ts';
import type { SpanIngest } from './ingest.ts';
import { countLogs, type MetricsIngest } from './metrics.ts';
import { CONTENT_TYPE, type Encoding, type Signal, type Taken } from './signals.ts';

/** By this a preload knows that failures may come twice here; see `docs/coexistence.md`. */
export const OURS = { 'faultlayer-collector': '1' } as const;

/** gRPC over HTTP/2, "Length-Prefixed-Message": a compressed flag, four bytes of length, the message. */
export const GRPC_PREFIX = 5;

const NOTHING_REFUSED: Taken = { rejected: 0, message: '' };

/** Compared as digests, so that neither content nor length shows in the time it takes. */
const sameSecret = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());

/** A request, as its door has read it, and the door's way to answer. */
export interface Call {
  readonly signal: Signal;
  readonly encoding: Encoding;
  /** Whether an answer was sent. */
  readonly answered: boolean;
  /** Whether nobody is there to be answered. */
  readonly gone: boolean;
  /** The message in a body, and whether it is compressed. Throws Refusal. */
  unwrap(body: Buffer): { readonly bytes: Buffer; readonly gzip: boolean };
  accept(taken: Taken): void;
  refuse(refusal: Refusal): void;
}

/** What OTLP over HTTP and over gRPC have in common: tokens, limits, and what becomes of a body. */
export function createReceiver(
  ctx: CollectorContext,
  spans: SpanIngest,
  metrics: MetricsIngest,
  forwarder: Forwarder | undefined,
) {
  const count = (code: string): void => ctx.self.requests.inc(1, code);
  const refuse = (call: Pick<Call, 'answered' | 'refuse'>, refusal: Refusal): void => {
    if (call.answered) return;
    count(String(refusal.status));
    call.refuse(refusal);
  };
  const read = ({ signal, encoding }: Call, bytes: Buffer): Taken => {
    if (signal.name === 'traces') return spans.take(bytes, encoding);
    if (signal.name === 'metrics') return metrics.take(bytes, encoding);
    ctx.self.dropped.inc(countLogs(bytes, encoding), 'logs');
    return NOTHING_REFUSED;
  };
  /** An error of ours is counted, logged and becomes a Refusal 500. */
  const take = (call: Call, body: Buffer): void => {
    ctx.self.bytes.inc(body.length);
    let taken: Taken;
    try {
      const { bytes, gzip } = call.unwrap(body);
      taken = gzip ? inflated(bytes, LIMITS.bodyBytes, (message) => read(call, message)) : read(call, bytes);
      if (call.signal.name === 'traces') forwarder?.take(bytes, CONTENT_TYPE[call.encoding], gzip);
    } catch (error) {
      if (!(error instanceof Refusal)) ctx.faults.caught('otlp', error);
      refuse(call, error instanceof Refusal ? error : new Refusal(500, 'internal error'));
      return;
    }
    count('200');
    call.accept(taken);
  };
  return {
    ctx,
    count,
    refuse,
    /** Why a page that reached this address under that name may not send: DNS rebinding. */
    misled: (localAddress: string | undefined, host: string | undefined): Refusal | undefined =>
      rebound(localAddress, host) ? new Refusal(403, 'this host name is not served here') : undefined,
    /** Why a sender with this `authorization` cannot send now. */
    admit(authorization: string | undefined): Refusal | undefined {
      const { otlpToken } = ctx.config;
      if (otlpToken !== undefined) {
        const shown = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
        if (!sameSecret(shown, otlpToken))
          return new Refusal(401, 'a bearer token is needed', { 'www-authenticate': 'Bearer' });
      }
      const reason = ctx.notReady();
      return reason === undefined ? undefined : new Refusal(503, reason);
    },
    /** Reads a call's body, takes it whole, and answers. */
    receive(call: Call, source: Source, place: 'otlp' | 'grpc'): void {
      const isHttp = place === 'otlp';
      readBody(source, LIMITS.bodyBytes + (isHttp ? 0 : GRPC_PREFIX), isHttp, (body, refusal) =>
        ctx.faults.guard(place, () => {
          if (refusal && call.gone) count('aborted');
          else if (refusal) refuse(call, refusal);
          else if (!call.answered) take(call, body);
        }),
      );
    },
  };
}
export type Receiver = ReturnType<typeof createReceiver>;
