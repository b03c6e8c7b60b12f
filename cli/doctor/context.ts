import type { FailureRecord } from '../../src/evidence/record.ts';
import { exchange, type Outgoing, type Run } from '../net/exchange.ts';
import type { ProxyChoice } from './probes/proxy.ts';

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
}

export interface DoctorOptions {
  readonly allowPrivate: boolean;
  /** Resolvers to ask; the system’s where empty. */
  readonly resolvers: readonly string[];
  readonly ca?: readonly string[];
  readonly proxy: ProxyChoice;
  readonly timeoutMs: number;
  /** Speak HTTP/2, as the application does. */
  readonly http2: boolean;
  /** Send the request also when its method changes something. */
  readonly send: boolean;
  readonly nowMs: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Answer {
  readonly run: Run;
  /** Whether it answers the very request; otherwise a HEAD stood in for it and only its `Date` counts. */
  readonly genuine: boolean;
}

export interface Context {
  readonly subject: Subject;
  readonly options: DoctorOptions;
  /** The one answer all steps look at; asked for once. */
  answer(): Promise<Answer>;
}

/** Methods that change nothing (RFC 9110 §9.2.1) and may be sent without asking. */
export const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

export function contextOf(subject: Subject, options: DoctorOptions): Context {
  let asked: Promise<Answer> | undefined;
  return { subject, options, answer: () => (asked ??= ask(subject, options)) };
}

async function ask(subject: Subject, options: DoctorOptions): Promise<Answer> {
  const genuine = options.send || SAFE_METHODS.has(subject.method);
  const outgoing: Outgoing = genuine
    ? { method: subject.method, url: subject.url, headers: subject.headers, body: subject.body }
    : { method: 'HEAD', url: subject.url, headers: [] };
  const run = await exchange(outgoing, {
    allowPrivate: options.allowPrivate,
    resolver: options.resolvers[0],
    ca: options.ca,
    proxy: options.proxy.use,
    http2: options.http2,
    deadlineMs: options.timeoutMs,
  });
  return { run, genuine };
}

/** The answer’s own outcome where one came for the very request, else what the kept failure had. */
export async function outcomeOf(context: Context): Promise<{
  readonly status?: number;
  readonly layer?: string;
  readonly code?: string;
  readonly message?: string;
  readonly retryAfter?: number;
  readonly from: 'now' | 'record' | 'nothing';
  readonly header: (name: string) => string | undefined;
}> {
  const { run, genuine } = await context.answer();
  const { record } = context.subject;
  if (genuine && run.status !== undefined) {
    const { evidence } = run;
    return {
      from: 'now',
      status: run.status,
      ...(run.layer === undefined ? {} : { layer: run.layer }),
      ...(evidence?.code === undefined ? {} : { code: evidence.code }),
      ...(evidence?.message === undefined ? {} : { message: evidence.message }),
      ...(evidence?.retryAfter === undefined ? {} : { retryAfter: evidence.retryAfter }),
      header: (name) => run.headers.find(([n]) => n === name)?.[1],
    };
  }
  if (record === undefined) return { from: 'nothing', header: () => undefined };
  return {
    from: 'record',
    layer: record.layer,
    ...(record.status === undefined ? {} : { status: record.status }),
    ...(record.code === undefined ? {} : { code: record.code }),
    ...(record.message === undefined ? {} : { message: record.message }),
    ...(record.retryAfter === undefined ? {} : { retryAfter: record.retryAfter }),
    header: () => undefined,
  };
}
