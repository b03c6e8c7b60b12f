import type { FailureRecord } from '../../src/evidence/record.ts';
import { type ExchangeOptions, exchange, type Run } from '../net/exchange.ts';
import type { ProxyChoice } from './proxy.ts';

/** What is examined: the call as the application makes it. */
export interface Subject {
  /** As typed, before any parser mended it. */
  readonly raw: string;
  readonly url: URL;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string;
  /** JSON Schema of the body. */
  readonly schema?: unknown;
  /** The kept failure it was started from. */
  readonly record?: FailureRecord;
  /** It is a question about this gRPC service's health; empty: the whole server's. */
  readonly grpc?: string;
}

export interface DoctorOptions {
  readonly allowPrivate: boolean;
  /** Resolvers to ask; the system’s where empty. */
  readonly resolvers: readonly string[];
  readonly ca?: readonly string[];
  readonly proxy: ProxyChoice;
  readonly unixSocket?: string | undefined;
  readonly timeoutMs: number;
  /** Speak HTTP/2, as the application does. */
  readonly http2: boolean;
  /** Send the request also when its method changes something. */
  readonly send: boolean;
  readonly nowMs: () => number;
}

export interface Context {
  readonly subject: Subject;
  readonly options: DoctorOptions;
  /** How every request of the doctor's is sent. */
  readonly way: ExchangeOptions;
  /** Whether the very request may be sent; otherwise a HEAD stands in for it and only its `Date` counts. */
  readonly genuine: boolean;
  /** The one answer all steps look at; asked for once. */
  answer(): Promise<Run>;
}

/** Methods that change nothing (RFC 9110 §9.2.1) and may be sent without asking. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

export function contextOf(subject: Subject, options: DoctorOptions): Context {
  const { allowPrivate, resolvers, ca, proxy, unixSocket, http2, timeoutMs } = options;
  const way = { allowPrivate, resolver: resolvers[0], ca, proxy: proxy.use, unixSocket, http2, deadlineMs: timeoutMs };
  const genuine = options.send || SAFE_METHODS.has(subject.method);
  let asked: Promise<Run> | undefined;
  const request = genuine ? subject : { method: 'HEAD', url: subject.url, headers: [] };
  return { subject, options, way, genuine, answer: () => (asked ??= exchange(request, way)) };
}

/** What an answer said, and when: now, or when the failure was kept. */
export interface Outcome {
  readonly status?: number | undefined;
  readonly layer?: string | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly retryAfter?: number | undefined;
  readonly from: 'now' | 'record' | 'nothing';
  /** Status, and whether it is the recorded one. */
  readonly said: string;
  /** The provider looked into the request: it took it, or it refused what the request says. Nothing else proves path, credentials or body. */
  readonly judged: boolean;
  readonly header: (name: string) => string | undefined;
}

/** The answer’s own outcome where one came for the very request, else what the kept failure had. */
export async function outcomeOf(context: Context): Promise<Outcome> {
  const run = await context.answer();
  const { record } = context.subject;
  const outcome = (from: Outcome['from'], of: Partial<Outcome>): Outcome => ({
    ...of,
    from,
    said: `${of.status}${from === 'record' ? ' (as recorded)' : ''}`,
    judged: of.status !== undefined && (of.layer === 'payload' || (of.status < 400 && (of.layer ?? 'body') === 'body')),
    header: (name) => (from === 'now' ? run.headers.find(([n]) => n === name)?.[1] : undefined),
  });
  if (context.genuine && run.status !== undefined) {
    const { code, message, retryAfter } = run.evidence ?? {};
    return outcome('now', { status: run.status, layer: run.layer, code, message, retryAfter });
  }
  if (record === undefined) return outcome('nothing', {});
  const { status, layer, code, message, retryAfter } = record;
  return outcome('record', { status, layer, code, message, retryAfter });
}
