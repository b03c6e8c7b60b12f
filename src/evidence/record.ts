import {
  LAYER,
  type LayerName,
  type Owner,
  ownerOf,
  REASONS,
  type Reason,
  type Sent,
  type Stage,
  stageOf,
} from '../contract/index.ts';
import { type Facts, factsOf, type SpanFacts } from './facts.ts';
import { inert, inertBlock } from './inert.ts';

/** What is kept of one failed call: enough to reproduce it and to escalate it, and nothing secret. Absent members were not seen. */
export interface FailureRecord {
  /** Unguessable, given by the store; empty until then. Its first half is the same for every failure of its kind. */
  readonly id: string;
  /** A page may name this call: it is kept longer than others of its kind. */
  readonly named?: boolean;
  /** Start of the call, Unix time in milliseconds. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly service: string;
  readonly serviceVersion?: string;
  readonly environment?: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly provider: string;
  readonly method: string;
  /** Redacted: `url.full`. */
  readonly url: string;
  readonly template?: string;
  readonly host: string;
  readonly port?: number;
  readonly peer?: string;
  readonly protocol?: string;
  readonly status?: number;
  readonly layer: LayerName;
  readonly stage?: Stage;
  readonly owner: Owner;
  readonly reason?: string;
  /** The client’s own error code, as the application saw it. */
  readonly error?: string;
  /** One line of it: message, addresses tried, certificate, bytes received. */
  readonly detail?: string;
  /** Seconds, of a deadline that fired. */
  readonly deadline?: number;
  /** The connection had carried calls before; seconds it lay idle, and how many. */
  readonly idle?: number;
  readonly carried?: number;
  /** Path of the unix socket the call went over. */
  readonly unixSocket?: string;
  /** Where a redirect came from that dropped the credential. */
  readonly droppedBy?: string;
  /** What a proxy in between said (RFC 9209). */
  readonly proxyStatus?: string;
  readonly errorType?: string;
  readonly code?: string;
  readonly subcode?: string;
  readonly message?: string;
  readonly requestId?: string;
  /** `no`, `partly`, `yes`, `unknown`: did bytes of the request leave. */
  readonly sent?: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly retryKind?: string;
  readonly retryAdvice?: string;
  /** Seconds. */
  readonly retryAfter?: number;
  readonly rateLimit?: { readonly limit?: number; readonly remaining?: number; readonly reset?: number };
  readonly authScheme?: string;
  readonly authExpired?: boolean;
  /** Seconds the provider’s clock is ahead of ours. */
  readonly clockOffset?: number;
  /** The server certificate’s end, Unix seconds. */
  readonly tlsNotAfter?: number;
  readonly idempotent?: boolean;
  /** Seconds per phase: dns, tcp, tls, wait, body. */
  readonly timings: Readonly<Record<string, number>>;
  /** Request headers in the order they were recorded; `REDACTED` stands for values that may be secret. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Only where the service switched body capture on. */
  readonly requestBody?: string;
  /** The request’s body was longer than what was kept of it. */
  readonly requestBodyCut?: boolean;
  readonly responseBody?: string;
}

/** Bytes of a captured body that are kept. */
export const BODY_MAX = 16_384;

const STAGES: readonly Stage[] = ['before_send', 'in_transit', 'after_response'];
const OWNERS: readonly Owner[] = ['caller', 'network', 'provider', 'load'];
const oneOf = <T extends string>(values: readonly T[], text: string | undefined): T | undefined =>
  values.find((value) => value === text);

/** How what other instrumentations leave out follows from what they send; the metrics use the same. */
export interface Derivations {
  readonly layerOf: (status: number) => LayerName | undefined;
  readonly providerOf: (host: string) => string;
}

const statusOf = (f: Facts): number | undefined =>
  f.number('http.response.status_code') ?? f.number('http.status_code');

/** The layer that a span names, or that its status implies; `unknown` where it only says that something failed. */
function layerOf(f: Facts, derive: Derivations | undefined): LayerName | undefined {
  const named = f.text('api.failure.layer');
  if (named !== undefined) return Object.hasOwn(LAYER, named) ? (named as LayerName) : 'unknown';
  const status = statusOf(f);
  if (derive === undefined) return undefined;
  return status === undefined ? 'unknown' : derive.layerOf(status);
}

/**
 * The record of one failed client span, or undefined where it did not fail. Spans of other instrumentations have fewer facts: status, error type, and
 * what an exception event says. Never throws; every text is capped and inert.
 */
export function recordOf(span: SpanFacts, derive?: Derivations): FailureRecord | undefined {
  const f = factsOf(span.attributes);
  const name = layerOf(f, derive);
  if (name === undefined) return undefined;
  const layer = LAYER[name];
  const exception = factsOf(span.events?.findLast((event) => event.name === 'exception')?.attributes ?? new Map());
  const host = f.text('server.address') ?? f.text('net.peer.name');
  const resource = factsOf(span.resource);
  const status = statusOf(f);
  const sent = f.text('api.request.sent');
  const reason = f.text('api.failure.reason');
  const known = reason !== undefined && Object.hasOwn(REASONS, reason) ? (reason as Reason) : undefined;
  // A preload newer than this reader knows better what its own words imply.
  const newer = layer.name !== (f.text('api.failure.layer') ?? name) || (reason !== undefined && known === undefined);
  const isUnix = f.text('network.transport') === 'unix';
  return compact<FailureRecord>({
    id: '',
    named: span.named === true ? true : undefined,
    startMs: finite(span.startMs),
    durationMs: Math.max(0, finite(span.endMs - span.startMs)),
    service: resource.text('service.name') ?? 'unknown_service',
    serviceVersion: resource.text('service.version'),
    environment: resource.text('deployment.environment.name'),
    traceId: inert(span.traceId, 32),
    spanId: inert(span.spanId, 16),
    provider: f.text('api.provider.name') ?? (host && derive?.providerOf(host)) ?? host ?? 'unknown',
    method: f.text('http.request.method_original') ?? f.text('http.request.method') ?? f.text('http.method') ?? 'GET',
    url: f.url('url.full') ?? f.url('http.url') ?? '',
    template: f.text('url.template'),
    host: host ?? '',
    port: f.number('server.port'),
    peer: f.text('network.peer.address'),
    protocol: f.text('network.protocol.version'),
    status,
    layer: layer.name,
    stage:
      (newer && oneOf(STAGES, f.text('api.failure.stage'))) ||
      stageOf(layer.name, (sent ?? 'no') as Sent, status !== undefined),
    owner: (newer && oneOf(OWNERS, f.text('api.failure.owner'))) || ownerOf(layer.name, known),
    reason,
    error: f.prose('api.failure.error'),
    detail: f.detail('api.failure.detail'),
    deadline: f.number('api.deadline'),
    idle: f.number('api.connection.idle'),
    carried: f.number('api.connection.calls'),
    unixSocket: isUnix ? f.prose('network.peer.address') : undefined,
    droppedBy: f.prose('api.auth.dropped_by'),
    proxyStatus: f.prose('api.proxy.status'),
    errorType: f.text('error.type') ?? exception.text('exception.type'),
    code: f.text('api.provider.code'),
    subcode: f.text('api.provider.subcode'),
    message: f.prose('api.provider.message') ?? exception.prose('exception.message'),
    requestId: f.text('api.provider.request_id'),
    sent,
    attempt: 1 + Math.max(0, f.number('http.request.resend_count') ?? 0),
    retryKind: f.text('api.retry.kind'),
    retryAdvice: f.text('api.retry.advice'),
    retryAfter: f.number('api.retry.after'),
    rateLimit: rateLimitOf(f),
    authScheme: f.text('api.auth.scheme'),
    authExpired: f.flag('api.auth.expired'),
    clockOffset: f.number('api.clock.offset'),
    tlsNotAfter: f.number('api.tls.not_after'),
    idempotent: f.text('api.idempotency.key_hash') === undefined ? undefined : true,
    timings: timingsOf(f),
    headers: headersOf(f),
    requestBody: bodyOf(f, 'request'),
    requestBodyCut: f.flag('api.request.body_truncated'),
    responseBody: bodyOf(f, 'response'),
  });
}

/** What failed, in one word: the provider's code, else the status that says so, else our reason. */
export const headlineOf = (r: FailureRecord): string =>
  r.code ?? (r.status !== undefined && r.status >= 400 ? String(r.status) : (r.reason ?? 'unknown'));

/** The status beside a headline, where the headline is not the status itself. */
export const statusBeside = (headline: string, status: number | undefined): string | undefined =>
  status === undefined || headline === String(status) ? undefined : String(status);

/** Failures that are one question to one party share this key. */
export const groupKey = (r: FailureRecord): string => JSON.stringify([r.service, r.provider, r.layer, headlineOf(r)]);

const rateLimitOf = (f: Facts): FailureRecord['rateLimit'] => {
  const limit = f.number('api.rate_limit.limit');
  const remaining = f.number('api.rate_limit.remaining');
  const reset = f.number('api.rate_limit.reset');
  return limit === undefined && remaining === undefined && reset === undefined
    ? undefined
    : compact<NonNullable<FailureRecord['rateLimit']>>({ limit, remaining, reset });
};

const timingsOf = (f: Facts): Record<string, number> =>
  compact<Record<string, number>>({
    queue: f.number('api.timing.queue'),
    dns: f.number('api.timing.dns'),
    tcp: f.number('api.timing.tcp'),
    tls: f.number('api.timing.tls'),
    wait: f.number('api.timing.wait'),
    body: f.number('api.timing.body'),
  });

/** Adopted spans of an instrumentation that records headers itself may lack the content type. */
function headersOf(f: Facts): FailureRecord['headers'] {
  const headers = f.headers('http.request.header.');
  const type = f.text('api.request.content_type');
  return type === undefined || headers.some(([name]) => name === 'content-type')
    ? headers
    : [...headers, ['content-type', type]];
}

const bodyOf = (f: Facts, side: 'request' | 'response'): string | undefined => {
  const body = f.body(`http.${side}.body.content`, side, BODY_MAX);
  return body === undefined ? undefined : inertBlock(body, BODY_MAX);
};

const finite = (n: number): number => (Number.isFinite(n) ? n : 0);

/** Drops members that are undefined, so that a record prints and compares as what was seen. */
function compact<T extends object>(members: { [K in keyof T]: T[K] | undefined }): T {
  const seen: Partial<T> = {};
  for (const key of Object.keys(members) as (keyof T)[]) {
    const value = members[key];
    if (value !== undefined) seen[key] = value;
  }
  return seen as T;
}
