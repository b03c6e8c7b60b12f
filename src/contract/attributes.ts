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

/**
 * Every span attribute faultlayer writes or reads, once. HTTP names are OpenTelemetry semantic conventions 1.45 (stable);
 * what those do not cover lives under `api.`.
 */
export const ATTRIBUTES = {
  'api.status.class': { type: 'string', when: 'always', note: '`1xx` … `5xx`, `none`' },
  'api.failure.layer': { type: 'string', when: 'failed' },
  'api.failure.stage': { type: 'string', when: 'failed' },
  'api.failure.reason': { type: 'string', when: 'failed' },
  'api.failure.owner': { type: 'string', when: 'failed' },
  'api.failure.error': {
    type: 'string',
    when: 'a failure without an answer',
    note: 'the client’s own error code as the application sees it, ≤64 characters',
  },
  'api.failure.detail': {
    type: 'string',
    when: 'known',
    note: 'one line a person would paste, redacted, ≤256 characters; also the span’s status description',
  },
  'api.deadline': { type: 'double', when: 'a deadline fired', note: 'seconds, the limit that was set' },
  'api.cancelled': { type: 'boolean', when: 'cancelled', note: 'the caller’s own signal or destroy() ended the call' },
  'api.pending': {
    type: 'boolean',
    when: 'pending',
    note: 'the call had not ended when its process ended or froze; it is counted as pending, not as a call',
  },
  'api.pending.phase': {
    type: 'string',
    when: 'pending',
    note: '`queued`, `dns`, `tcp`, `tls`, `send`, `wait`, `body`: where it was then',
  },
  'api.copy': {
    type: 'boolean',
    when: 'a copy of an adopted span that failed, sent at once',
    note: 'the application’s own span has the same ID; the two are counted once',
  },
  'api.provider.name': {
    type: 'string',
    when: 'always',
    note: 'longest host suffix in the catalogue, else the registrable domain',
  },
  'api.provider.code': { type: 'string', when: 'found', note: 'the stable error code as on the wire, ≤128 characters' },
  'api.provider.subcode': { type: 'string', when: 'found' },
  'api.provider.message': { type: 'string', when: 'found', note: 'redacted, ≤256 characters' },
  'api.provider.request_id': { type: 'string', when: 'found' },
  'api.request.sent': { type: 'string', when: 'failed', note: '`no`, `partly`, `yes`, `unknown`' },
  'api.request.content_type': { type: 'string', when: 'failed', note: 'media type of the request’s body' },
  'http.request.header.<key>': {
    type: 'string[]',
    when: 'failed',
    note: 'semantic conventions; the value where the header is known to hold no secret, else `REDACTED`; at most 32',
  },
  'http.request.body.content': {
    type: 'string',
    when: 'failed, if switched on',
    note: 'redacted start of the request’s body, ≤16384 characters',
  },
  'api.request.body_truncated': {
    type: 'boolean',
    when: 'failed, if switched on',
    note: 'the request’s body was longer than what was kept',
  },
  'http.response.body.content': {
    type: 'string',
    when: 'failed, if switched on',
    note: 'redacted start of the answer’s body, ≤4096 characters',
  },
  'api.retry.after': { type: 'double', when: 'sent by the provider', note: 'seconds from now' },
  'api.retry.advice': {
    type: 'string',
    when: 'failed',
    note: '`retry`, `retry_after`, `needs_idempotency_key`, `fix_request`',
  },
  'api.retry.kind': {
    type: 'string',
    when: 'attempts after the first',
    note: '`safe`, `unsafe`, `early`, `pointless`, `paid`',
  },
  'api.request.repeated': {
    type: 'boolean',
    when: 'GET and HEAD',
    note: 'same URL read by this process in the last 10 s',
  },
  'http.request.resend_count': { type: 'int', when: 'attempts after the first' },
  'api.idempotency.key_hash': { type: 'string', when: 'key header present', note: 'keyed hash' },
  'api.auth.scheme': { type: 'string', when: 'present' },
  'api.auth.dropped_by': { type: 'string', when: 'a redirect dropped the credential', note: 'the host it came from' },
  'api.auth.expired': { type: 'boolean', when: 'bearer JWT' },
  'api.clock.offset': {
    type: 'double',
    when: 'failed at `auth`, and sampled otherwise',
    note: 'seconds, from the response’s Date',
  },
  'api.rate_limit.limit': { type: 'int', when: 'sent by the provider' },
  'api.rate_limit.remaining': { type: 'int', when: 'sent by the provider' },
  'api.rate_limit.reset': { type: 'double', when: 'sent by the provider', note: 'seconds from now' },
  'api.tls.not_after': { type: 'int', when: 'new TLS connections', note: 'Unix seconds' },
  'api.connection.reused': { type: 'boolean', when: 'a connection was used', note: 'it had carried calls before' },
  'api.connection.idle': { type: 'double', when: 'a connection was reused', note: 'seconds it lay idle before' },
  'api.connection.calls': { type: 'int', when: 'a connection was reused', note: 'calls it had carried before' },
  'api.limit.kind': {
    type: 'string',
    when: 'failed at `throttling`, or no credit',
    note: '`requests`, `tokens`, `input_tokens`, `output_tokens`, `concurrency`, `day`, `month`, `credit`, `capacity`, `other`',
  },
  'api.batch.failed': { type: 'int', when: 'parts of a batch failed', note: 'how many' },
  'api.batch.total': { type: 'int', when: 'parts of a batch failed', note: 'how many there were, where it is told' },
  'http.response.header.<key>': {
    type: 'string[]',
    when: 'failed',
    note: 'of those that people escalate with: `server`, `via`, `cf-ray`, `x-cache`, `retry-after`, `proxy-status` …',
  },
  'api.deprecation.at': { type: 'int', when: 'sent by the provider', note: 'Unix seconds, RFC 9745' },
  'api.sunset.at': { type: 'int', when: 'sent by the provider', note: 'Unix seconds, RFC 8594' },
  'api.proxy.status': { type: 'string', when: 'failed, sent by a proxy', note: 'Proxy-Status error token, RFC 9209' },
  'api.timing.queue': { type: 'double', when: 'known', note: 'seconds in the client’s own pool' },
  'api.timing.dns': { type: 'double', when: 'known', note: 'seconds' },
  'api.timing.tcp': { type: 'double', when: 'known', note: 'seconds' },
  'api.timing.tls': { type: 'double', when: 'known', note: 'seconds' },
  'api.timing.wait': { type: 'double', when: 'known', note: 'seconds' },
  'api.timing.body': { type: 'double', when: 'known', note: 'seconds' },
  'api.stream.first_chunk': {
    type: 'double',
    when: 'streamed answers',
    note: 'seconds from the request’s start to the first byte of the body',
  },
  'api.stream.longest_gap': {
    type: 'double',
    when: 'streamed answers',
    note: 'seconds, the longest silence after it; not while this side did not read',
  },
  'api.websocket.close_code': {
    type: 'int',
    when: 'a WebSocket ended abnormally',
    note: 'RFC 6455 §7.4; on a record of its own, linked to the handshake',
  },
  'rpc.system.name': { type: 'string', when: 'gRPC, Connect, JSON-RPC', note: '`grpc`, `connectrpc`, `jsonrpc`' },
  'rpc.method': {
    type: 'string',
    when: 'gRPC, Connect; JSON-RPC if a header names it',
    note: '`package.Service/Method`; the span’s name',
  },
  'rpc.response.status_code': { type: 'string', when: 'known', note: '`UNAVAILABLE`, `unavailable`, `-32602`' },
  'url.template': { type: 'string', when: 'always' },
  'url.full': { type: 'string', when: 'always' },
  'error.type': { type: 'string', when: 'failed', note: 'status of the procedure call, else of HTTP, else the reason' },
  'http.request.method': { type: 'string', when: 'always' },
  'http.request.method_original': { type: 'string', when: 'method not well known' },
  'server.address': { type: 'string', when: 'always' },
  'server.port': { type: 'int', when: 'always' },
  'http.response.status_code': { type: 'int', when: 'answered' },
  'network.transport': { type: 'string', when: 'a unix socket', note: '`unix`; `network.peer.address` is its path' },
  'service.peer.name': { type: 'string', when: 'always', note: 'the same as `api.provider.name`, for service graphs' },
  'network.peer.address': { type: 'string', when: 'connected' },
  'network.peer.port': { type: 'int', when: 'connected' },
  'network.protocol.version': { type: 'string', when: 'answered' },
} as const satisfies Record<string, Attribute>;

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
