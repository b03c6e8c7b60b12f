import {
  ESCALATION_HEADERS,
  LAYER,
  type LayerName,
  type Owner,
  ownerOf,
  REASONS,
  type ReadName,
  type Reason,
  type Sent,
  type Stage,
  stageOf,
} from '../contract/index.ts';
import { layerOfStatus } from '../layers/answer.ts';
import { inert, inertBlock } from './inert.ts';
import { type Facts, factsOf, type SpanFacts } from './read-attributes.ts';

const text = (name: ReadName) => (f: Facts) => f.text(name);
const prose = (name: ReadName) => (f: Facts) => f.prose(name);
const number = (name: ReadName) => (f: Facts) => f.number(name);
const flag = (name: ReadName) => (f: Facts) => f.flag(name);

/** What one attribute of the span says; absent where it does not. */
const READ = {
  template: text('url.template'),
  port: number('server.port'),
  peer: text('network.peer.address'),
  protocol: text('network.protocol.version'),
  /** The client’s own error code, as the application saw it. */
  error: prose('api.failure.error'),
  /** One line of it: message, addresses tried, certificate, bytes received. */
  detail: (f: Facts) => f.detail('api.failure.detail'),
  /** Seconds, of a deadline that fired. */
  deadline: number('api.deadline'),
  /** The connection had carried calls before; seconds it lay idle, and how many. */
  idle: number('api.connection.idle'),
  carried: number('api.connection.calls'),
  /** Path of the unix socket the call went over. */
  unixSocket: (f: Facts) => (f.text('network.transport') === 'unix' ? f.prose('network.peer.address') : undefined),
  /** Where a redirect came from that dropped the credential. */
  droppedBy: prose('api.auth.dropped_by'),
  /** What a proxy in between said (RFC 9209). */
  proxyStatus: prose('api.proxy.status'),
  reason: text('api.failure.reason'),
  code: text('api.provider.code'),
  subcode: text('api.provider.subcode'),
  requestId: text('api.provider.request_id'),
  /** `no`, `partly`, `yes`, `unknown`: did bytes of the request leave. */
  sent: text('api.request.sent'),
  retryKind: text('api.retry.kind'),
  retryAdvice: text('api.retry.advice'),
  /** Seconds. */
  retryAfter: number('api.retry.after'),
  rateLimit: (f: Facts): { limit?: number; remaining?: number; reset?: number } | undefined =>
    filled({
      limit: f.number('api.rate_limit.limit'),
      remaining: f.number('api.rate_limit.remaining'),
      reset: f.number('api.rate_limit.reset'),
    }),
  /** Parts of a batch that failed, of how many. */
  batch: (f: Facts): { failed?: number; total?: number } | undefined =>
    filled({ failed: f.number('api.batch.failed'), total: f.number('api.batch.total') }),
  /** Seconds until a streamed answer began, its longest silence, and the bytes of it that came. */
  stream(f: Facts): { firstChunk?: number; longestGap?: number; bytes?: number } | undefined {
    const firstChunk = f.number('api.stream.first_chunk');
    const bytes = firstChunk === undefined ? undefined : f.number('http.response.body.size');
    return filled({ firstChunk, longestGap: f.number('api.stream.longest_gap'), bytes });
  },
  /** Who answered, and from where. */
  answeredBy: (f: Facts): (readonly [name: string, value: string])[] | undefined => {
    const found = ESCALATION_HEADERS.map((name) => [name, f.prose(`http.response.header.${name}`) ?? ''] as const);
    const sent = found.filter(([, value]) => value !== '');
    return sent.length === 0 ? undefined : sent;
  },
  authScheme: text('api.auth.scheme'),
  authExpired: flag('api.auth.expired'),
  /** Seconds the provider’s clock is ahead of ours. */
  clockOffset: number('api.clock.offset'),
  /** The server certificate’s end, Unix seconds. */
  tlsNotAfter: number('api.tls.not_after'),
  idempotent: (f: Facts) => (f.text('api.idempotency.key_hash') === undefined ? undefined : true),
  /** Only where the service switched body capture on. */
  requestBody: (f: Facts) => bodyOf(f, 'request'),
  /** The request’s body was longer than what was kept of it. */
  requestBodyCut: flag('api.request.body_truncated'),
  responseBody: (f: Facts) => bodyOf(f, 'response'),
};

type ReadMembers = Readonly<{ [K in keyof typeof READ]?: NonNullable<ReturnType<(typeof READ)[K]>> }>;

/** What is kept of one failed call: enough to reproduce it and to escalate it, and nothing secret. Absent members were not seen. */
export interface FailureRecord extends ReadMembers {
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
  readonly host: string;
  readonly status?: number;
  readonly layer: LayerName;
  readonly stage?: Stage;
  readonly owner: Owner;
  readonly errorType?: string;
  readonly message?: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Seconds per phase: dns, tcp, tls, wait, body. */
  readonly timings: Readonly<Record<string, number>>;
  /** Request headers in the order they were recorded; `REDACTED` stands for values that may be secret. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Bytes of a captured body that are kept. */
export const BODY_MAX = 16_384;

const STAGES: readonly Stage[] = ['before_send', 'in_transit', 'after_response'];
const OWNERS: readonly Owner[] = ['caller', 'network', 'provider', 'load'];
const oneOf = <T extends string>(values: readonly T[], text: string | undefined): T | undefined =>
  values.find((value) => value === text);

const statusOf = (f: Facts): number | undefined =>
  f.number('http.response.status_code') ?? f.number('http.status_code');

/** The layer that a span names, or that its status implies; `unknown` where it only says that something failed. */
function layerOf(f: Facts): LayerName | undefined {
  const named = f.text('api.failure.layer');
  if (named !== undefined) return Object.hasOwn(LAYER, named) ? (named as LayerName) : 'unknown';
  const status = statusOf(f);
  return status === undefined ? 'unknown' : layerOfStatus(status);
}

/**
 * The record of one failed client span, or undefined where it did not fail. Spans of other instrumentations have fewer facts: status, error type, and
 * what an exception event says. Never throws; every text is capped and inert.
 */
export function recordOf(span: SpanFacts, providerOf = (host: string) => host): FailureRecord | undefined {
  const f = factsOf(span.attributes);
  const name = layerOf(f);
  if (name === undefined) return undefined;
  const layer = LAYER[name];
  const exception = factsOf(span.events?.findLast((event) => event.name === 'exception')?.attributes ?? new Map());
  const host = f.text('server.address') ?? f.text('net.peer.name');
  const resource = factsOf(span.resource);
  const status = statusOf(f);
  const read = Object.fromEntries(Object.entries(READ).map(([key, reads]) => [key, reads(f)])) as ReadMembers;
  const { sent, reason } = read;
  const known = reason !== undefined && Object.hasOwn(REASONS, reason) ? (reason as Reason) : undefined;
  // A preload newer than this reader knows better what its own words imply.
  const newer = layer.name !== (f.text('api.failure.layer') ?? name) || (reason !== undefined && known === undefined);
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
    provider: f.text('api.provider.name') ?? (host && providerOf(host)) ?? 'unknown',
    method: f.text('http.request.method_original') ?? f.text('http.request.method') ?? f.text('http.method') ?? 'GET',
    url: f.url('url.full') ?? f.url('http.url') ?? '',
    host: host ?? '',
    status,
    layer: layer.name,
    stage:
      (newer && oneOf(STAGES, f.text('api.failure.stage'))) ||
      stageOf(layer.name, (sent ?? 'no') as Sent, status !== undefined),
    owner: (newer && oneOf(OWNERS, f.text('api.failure.owner'))) || ownerOf(layer.name, known),
    errorType: f.text('error.type') ?? exception.text('exception.type'),
    message: f.prose('api.provider.message') ?? exception.prose('exception.message'),
    attempt: 1 + Math.max(0, f.number('http.request.resend_count') ?? 0),
    timings: timingsOf(f),
    headers: headersOf(f),
    ...read,
  });
}

/** What failed, in one word: the provider's code, else the status that says so, else our reason. */
export const headlineOf = (r: FailureRecord): string =>
  r.code ?? (r.status !== undefined && r.status >= 400 ? String(r.status) : (r.reason ?? 'unknown'));

/** The status beside a headline, where the headline is not the status itself. */
export const statusBeside = (headline: string, status: number | undefined): string | undefined =>
  status === undefined || headline === String(status) ? undefined : `${status < 400 ? 'inside ' : ''}${status}`;

/** Failures that are one question to one party share this key. */
export const groupKey = (r: FailureRecord): string => JSON.stringify([r.service, r.provider, r.layer, headlineOf(r)]);

const PHASES = ['queue', 'dns', 'tcp', 'tls', 'wait', 'body'] as const;
const timingsOf = (f: Facts): Record<string, number> =>
  compact<Record<string, number>>(Object.fromEntries(PHASES.map((phase) => [phase, f.number(`api.timing.${phase}`)])));

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
export function compact<T extends object>(members: { [K in keyof T]: T[K] | undefined }): T {
  const seen: Partial<T> = {};
  for (const key of Object.keys(members) as (keyof T)[]) {
    const value = members[key];
    if (value !== undefined) seen[key] = value;
  }
  return seen as T;
}

/** As {@link compact}; undefined for an object without members. */
function filled<T extends object>(members: { [K in keyof T]: T[K] | undefined }): T | undefined {
  const seen = compact<T>(members);
  return Object.keys(seen).length === 0 ? undefined : seen;
}
