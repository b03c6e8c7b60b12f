import type { LIBRARY_CALL } from './attempt.ts';

/** One span attribute: its type and when it is there. */
export interface Attribute {
  /** Type of its value; `double` and `int` say their unit in the note. */
  readonly type: 'string' | 'string[]' | 'int' | 'double' | 'boolean';
  /** When the attribute is present. */
  readonly when: string;
  /** Unit, form or meaning of its value. */
  readonly note?: string;
}

const of =
  (type: Attribute['type']) =>
  (when: string, note?: string): Attribute => ({ type, when, ...(note && { note }) });
const [text, texts, int, double, flag] = [of('string'), of('string[]'), of('int'), of('double'), of('boolean')];

/**
 * Every span attribute faultlayer writes or reads, once. HTTP names are OpenTelemetry semantic conventions 1.45 (stable);
 * what those do not cover lives under `api.`.
 */
export const ATTRIBUTES = {
  'api.status.class': text('always', '`1xx` … `5xx`, `none`'),
  'api.failure.layer': text('failed'),
  'api.failure.stage': text('failed'),
  'api.failure.reason': text('failed'),
  'api.failure.owner': text('failed'),
  'api.failure.error': text('a failure without an answer', 'the client’s own error code, ≤64 characters'),
  'api.failure.detail': text('known', 'one line to paste, redacted, ≤256 characters; also the status description'),
  'api.deadline': double('a deadline fired', 'seconds, the limit that was set'),
  'api.cancelled': flag('cancelled', 'the caller’s own signal or destroy() ended the call'),
  'api.pending': flag('pending', 'the process ended or froze before the call; not counted as a call'),
  'api.pending.phase': text('pending', '`queued`, `dns`, `tcp`, `tls`, `send`, `wait`, `body`: where it was then'),
  'api.copy': flag('a failed adopted span, sent at once', 'same ID as the application’s own; both count once'),
  'api.provider.name': text('always', 'longest host suffix in the catalogue, else the registrable domain'),
  'api.provider.code': text('found', 'the stable error code as on the wire, ≤128 characters'),
  'api.provider.subcode': text('found'),
  'api.provider.message': text('found', 'redacted, ≤256 characters'),
  'api.provider.request_id': text('found'),
  'api.request.sent': text('failed', '`no`, `partly`, `yes`, `unknown`'),
  'api.request.content_type': text('failed', 'media type of the request’s body'),
  'http.request.header.<key>': texts(
    'failed',
    'the value where it is known to be no secret, else `REDACTED`; at most 32',
  ),
  'http.request.body.content': text('failed, if switched on', 'redacted start of the body, ≤16384 characters'),
  'api.request.body_truncated': flag('failed, if switched on', 'the request’s body was longer than what was kept'),
  'http.response.body.content': text('failed, if switched on', 'redacted start of the answer’s body, ≤4096 characters'),
  'api.retry.after': double('sent by the provider', 'seconds from now'),
  'api.retry.advice': text('failed', '`retry`, `retry_after`, `needs_idempotency_key`, `fix_request`'),
  'api.retry.kind': text('attempts after the first', '`safe`, `unsafe`, `early`, `pointless`, `paid`'),
  'api.request.repeated': flag('GET and HEAD', 'same URL read by this process in the last 10 s'),
  'http.request.resend_count': int('attempts after the first'),
  'api.idempotency.key_hash': text('key header present', 'keyed hash'),
  'api.auth.scheme': text('present'),
  'api.auth.dropped_by': text('a redirect dropped the credential', 'the host it came from'),
  'api.auth.expired': flag('bearer JWT'),
  'api.clock.offset': double('failed at `auth`, and sampled otherwise', 'seconds, from the response’s Date'),
  'api.rate_limit.limit': int('sent by the provider'),
  'api.rate_limit.remaining': int('sent by the provider'),
  'api.rate_limit.reset': double('sent by the provider', 'seconds from now'),
  'api.tls.not_after': int('new TLS connections', 'Unix seconds'),
  'api.connection.reused': flag('a connection was used', 'it had carried calls before'),
  'api.connection.idle': double('a connection was reused', 'seconds it lay idle before'),
  'api.connection.calls': int('a connection was reused', 'calls it had carried before'),
  'api.limit.kind': text('failed at `throttling`, or no credit', 'one of `LIMIT_KINDS`'),
  'api.batch.failed': int('parts of a batch failed', 'how many'),
  'api.batch.total': int('parts of a batch failed', 'how many there were, where it is told'),
  'http.response.header.<key>': texts('failed', 'those that people escalate with: `ESCALATION_HEADERS`'),
  'api.deprecation.at': int('sent by the provider', 'Unix seconds, RFC 9745'),
  'api.sunset.at': int('sent by the provider', 'Unix seconds, RFC 8594'),
  'api.proxy.status': text('failed, sent by a proxy', 'Proxy-Status error token, RFC 9209'),
  'api.timing.queue': double('known', 'seconds in the client’s own pool'),
  'api.timing.dns': double('known', 'seconds'),
  'api.timing.tcp': double('known', 'seconds'),
  'api.timing.tls': double('known', 'seconds'),
  'api.timing.wait': double('known', 'seconds'),
  'api.timing.body': double('known', 'seconds'),
  'api.stream.first_chunk': double('streamed answers', 'seconds from the request’s start to the body’s first byte'),
  'api.stream.longest_gap': double('streamed answers', 'seconds, the longest silence after it while this side read'),
  'http.response.body.size': int('streamed answers', 'bytes of the body that came, content coding and all'),
  'api.websocket.close_code': int('a WebSocket ended abnormally', 'RFC 6455 §7.4; on a record linked to the handshake'),
  'rpc.system.name': text('gRPC, Connect, JSON-RPC', '`grpc`, `connectrpc`, `jsonrpc`'),
  'rpc.method': text('gRPC, Connect; JSON-RPC if a header names it', '`package.Service/Method`; the span’s name'),
  'rpc.response.status_code': text('known', '`UNAVAILABLE`, `unavailable`, `-32602`'),
  'url.template': text('always'),
  'url.full': text('always'),
  'error.type': text('failed', 'status of the procedure call, else of HTTP, else the reason'),
  'http.request.method': text('always'),
  'http.request.method_original': text('method not well known'),
  'server.address': text('always'),
  'server.port': int('always'),
  'http.response.status_code': int('answered'),
  'network.transport': text('a unix socket', '`unix`; `network.peer.address` is its path'),
  'service.peer.name': text('always', 'the same as `api.provider.name`, for service graphs'),
  'network.peer.address': text('connected'),
  'network.peer.port': int('connected'),
  'network.protocol.version': text('answered'),
};

/** Where a call is, or was when it ended; known from socket and client events, not from the error. `queued`: in the client's own queue. */
export const STEPS = ['queued', 'dns', 'tcp', 'tls', 'send', 'wait', 'body'] as const;
/** One of these steps. */
export type Phase = (typeof STEPS)[number];

/** Headers of an answer that people quote when they escalate: who answered, on whose behalf, and from where. */
export const ESCALATION_HEADERS =
  'server via age retry-after cf-ray cf-cache-status x-cache x-served-by x-amz-cf-id x-amz-cf-pop x-azure-ref x-vercel-id akamai-grn proxy-status'.split(
    ' ',
  );

/** The row `http.request.header.<key>` stands for one attribute per header, its name in lower case. */
export type AttributeName =
  | keyof typeof ATTRIBUTES
  | `http.request.header.${string}`
  | `http.response.header.${string}`;

/** Resource attributes that metrics and evidence read. */
export const RESOURCE_ATTRIBUTES = ['service.name', 'service.version', 'deployment.environment.name'] as const;
/** Name of such a resource attribute. */
export type ResourceName = (typeof RESOURCE_ATTRIBUTES)[number];

/** Names of older semantic conventions, which other senders still use; read, never written. */
export const FORMER_ATTRIBUTES = [
  'net.peer.name',
  'http.method',
  'http.status_code',
  'http.url',
  'deployment.environment',
] as const;

/** Of an `exception` event, as other instrumentations record one. */
export const EXCEPTION_ATTRIBUTES = ['exception.type', 'exception.message'] as const;

/** Every attribute name that is read from a sender's spans and resources. */
export type ReadName =
  | AttributeName
  | ResourceName
  | (typeof FORMER_ATTRIBUTES | typeof LIBRARY_CALL | typeof EXCEPTION_ATTRIBUTES)[number];

/** `api.failure.layer` → `api_failure_layer`: the one rule from attribute to label. */
export const labelOf = (attribute: string): string => attribute.replaceAll('.', '_');
