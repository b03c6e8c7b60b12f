import type { LayerName, Phase, Reason } from '../contract/index.ts';
import { inverse } from '../inverse.ts';
import { BAD_PORT, BAD_URL, fieldsOf, isCancel, isTimeout, rootOf } from '../raised.ts';
import { tlsReason } from './tls.ts';

export interface TransportFacts {
  readonly phase: Phase;
  readonly error: unknown;
  /** The connection being made or used leads to a proxy and its tunnel is not open yet. */
  readonly toProxy: boolean;
  /** A socket timeout fired and this side then gave up. */
  readonly timedOut: boolean;
  /** The caller's signal or `destroy()` ended it: nothing came from the peer. */
  readonly cancelled: boolean;
}

export interface Verdict {
  readonly kind: 'failed' | 'cancelled';
  readonly layer?: LayerName;
  readonly reason?: Reason;
}

const failed = (layer: LayerName, reason: Reason): Verdict => ({ kind: 'failed', layer, reason });
const CANCELLED: Verdict = { kind: 'cancelled' };

const TIMED_OUT: Record<Phase, Verdict> = {
  queued: failed('client', 'client.timed_out'),
  dns: failed('dns', 'dns.timed_out'),
  tcp: failed('tcp', 'tcp.timed_out'),
  tls: failed('tls', 'tls.timed_out'),
  send: failed('send', 'http.request.timed_out'),
  wait: failed('wait', 'http.response.timed_out'),
  body: failed('body', 'http.response.stalled'),
};
/** The peer, or something between, reset the connection. */
const RESET: Record<Phase, Verdict> = {
  queued: failed('tcp', 'tcp.reset'),
  dns: failed('tcp', 'tcp.reset'),
  tcp: failed('tcp', 'tcp.reset'),
  tls: failed('tls', 'tls.closed'),
  send: failed('send', 'http.request.reset'),
  wait: failed('wait', 'http.response.reset'),
  body: failed('body', 'http.response.truncated'),
};
/** The peer hung up in good order. */
const CLOSED: Record<Phase, Verdict> = {
  ...RESET,
  send: failed('send', 'http.request.closed'),
  wait: failed('wait', 'http.response.closed'),
};
const OTHER: Record<Phase, Verdict> = {
  queued: failed('unknown', 'unknown'),
  dns: failed('dns', 'dns.failed'),
  tcp: failed('tcp', 'tcp.failed'),
  tls: failed('tls', 'tls.failed'),
  send: failed('send', 'http.request.failed'),
  wait: failed('unknown', 'unknown'),
  body: failed('body', 'http.response.truncated'),
};
/** HTTP/2 stream and session errors (RFC 9113 §7). */
const PROTOCOL: Record<Phase, Verdict> = {
  ...OTHER,
  queued: failed('wait', 'http.protocol.error'),
  send: failed('send', 'http.protocol.error'),
  wait: failed('wait', 'http.protocol.error'),
  body: failed('body', 'http.protocol.error'),
};

/** Codes that mean one thing wherever they come from. libc and c-ares resolver codes, connect(2), Node and undici argument checks. */
const BY_CODE = inverse<Reason>({
  'dns.name_not_resolved': 'ENOTFOUND ENODATA EAI_NONAME EAI_NODATA',
  'dns.failed': 'EAI_AGAIN EAI_FAIL ESERVFAIL EREFUSED',
  'dns.timed_out': 'ETIMEOUT',
  'dns.address_invalid': 'ERR_INVALID_IP_ADDRESS',
  'tcp.refused': 'ECONNREFUSED',
  'tcp.address_unreachable': 'EHOSTUNREACH ENETUNREACH ENETDOWN EHOSTDOWN',
  'client.local_error': 'EADDRNOTAVAIL EMFILE ENFILE ENOBUFS EACCES EPERM ENOENT EADDRINUSE ERR_ACCESS_DENIED',
  'client.invalid_url': 'ERR_INVALID_URL ERR_INVALID_PROTOCOL ERR_UNESCAPED_CHARACTERS',
  'client.invalid_argument':
    'ERR_INVALID_ARG_TYPE ERR_INVALID_ARG_VALUE ERR_INVALID_CHAR ERR_INVALID_HTTP_TOKEN ERR_HTTP_INVALID_HEADER_VALUE ' +
    'ERR_HTTP_CONTENT_LENGTH_MISMATCH ERR_SOCKET_BAD_PORT UND_ERR_INVALID_ARG UND_ERR_REQ_CONTENT_LENGTH_MISMATCH UND_ERR_NOT_SUPPORTED',
  'client.limit_exceeded':
    'UND_ERR_RES_EXCEEDED_MAX_SIZE UND_ERR_HEADERS_OVERFLOW HPE_HEADER_OVERFLOW ERR_FR_MAX_BODY_LENGTH_EXCEEDED',
  'client.closed': 'UND_ERR_CLOSED ERR_HTTP2_INVALID_SESSION ERR_HTTP2_GOAWAY_SESSION ERR_STREAM_DESTROYED',
  'client.pool_exhausted': 'UND_ERR_BPL_MISSING_UPSTREAM ERR_HTTP2_OUT_OF_STREAMS',
});
/** Of these reasons the first word is the layer. */
const verdictOf = (reason: Reason): Verdict => failed(reason.slice(0, reason.indexOf('.')) as LayerName, reason);

/** Connection errors that have nothing to do with reading the answer: a body or upload source may raise the same codes later. */
const ONLY_BEFORE_SEND = new Set(['ENOENT', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ERR_STREAM_DESTROYED']);

const RESET_CODES = new Set(['ECONNRESET', 'EPIPE', 'ENOTCONN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN']);
const INVALID_ANSWER =
  /^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_|HTTPParserError|ERR_HTTP_TRAILER)|^bad (response|upgrade)$/;
/** Libraries' own size limits have no codes of their own: axios, node-fetch, superagent, needle. */
const OWN_LIMIT =
  /maxContentLength|maxBodyLength|\bover limit\b|max(imum)? (response|allowed) size|^Maximum response size reached/i;
/** The application's own key, certificate or passphrase. */
const UNREADABLE = /^ERR_(OSSL|CRYPTO)_/;
const UNREADABLE_TEXT = /PEM routines|mac verify failure|^not enough data|bad (decrypt|base64)/i;
const DECODING = /^(Z_|ERR_BROTLI|ERR__ERROR_FORMAT|ERR_ZLIB|ZSTD_|ERR_ENCODING)/;
const PROXY_ANSWER =
  /^Proxy response \((\d{3})\)|status(?:Code)?[^0-9]{0,12}(\d{3})|HTTP\/1\.\d (\d{3})|^Bad response: (\d{3})/i;
/** What SOCKS proxies say instead of a status. */
const PROXY_AUTH = /authentication|auth method/i;
const PROXY_REFUSED = /rejected|NotAllowed|refused connecting/i;
/** tunnel's and tunnel-agent's error has a code of its own; the cause stands in its text. */
const PROXY_GONE = /ECONNREFUSED|ENOTFOUND|E(?:HOST|NET)UNREACH|EAI_/;
const PROXY_HUNG_UP = /ended|closed|hang up|socket disconnected/i;

function refusal(name: string, message: string): Verdict | undefined {
  if (BAD_PORT.test(message)) return failed('client', 'client.port_blocked');
  if (BAD_URL.test(message)) return failed('client', 'client.invalid_url');
  return name === 'TypeError' ? failed('client', 'client.invalid_argument') : undefined;
}

function proxyVerdict(facts: TransportFacts, error: unknown): Verdict | undefined {
  const { code, message } = fieldsOf(error);
  const answered = code === 'ERR_PROXY_TUNNEL' || message.startsWith('Proxy response (');
  // a handshake through the open tunnel is the target's
  if (!answered && (!facts.toProxy || tlsReason(error))) return undefined;
  const given = (error as { statusCode?: unknown } | null)?.statusCode;
  const match = PROXY_ANSWER.exec(message);
  const status =
    typeof given === 'number' ? given : Number(match?.slice(1).find((digits) => digits !== undefined) ?? 0);
  if (status === 407) return failed('proxy', 'proxy.auth_required');
  if (status >= 100) return failed('proxy', 'proxy.refused');
  if (code === '' && PROXY_AUTH.test(message)) return failed('proxy', 'proxy.auth_required');
  if (code === '' && PROXY_REFUSED.test(message)) return failed('proxy', 'proxy.refused');
  if (facts.timedOut || isTimeout(error) || /timed? ?out/i.test(message)) return failed('proxy', 'proxy.timed_out');
  if (PROXY_GONE.test(message)) return failed('proxy', 'proxy.unreachable');
  if (answered || facts.phase === 'send' || facts.phase === 'wait' || PROXY_HUNG_UP.test(message))
    return failed('proxy', 'proxy.failed');
  return code === 'ECONNRESET' && facts.phase !== 'tcp'
    ? failed('proxy', 'proxy.failed')
    : failed('proxy', 'proxy.unreachable');
}

/** Layer and reason of a call that ended without a whole answer. First rule that applies wins. */
export function classifyTransport(facts: TransportFacts): Verdict {
  const error = rootOf(facts.error);
  const { phase } = facts;
  const { code, name, message, syscall } = fieldsOf(error);
  const answered = phase === 'body';

  if (OWN_LIMIT.test(message)) return failed('client', 'client.limit_exceeded');
  const timeout = facts.timedOut || isTimeout(error);
  if (!timeout && facts.cancelled) return CANCELLED;
  if (phase === 'queued' && (UNREADABLE.test(code) || UNREADABLE_TEXT.test(message)))
    return failed('client', 'client.local_error');
  // undici raises a proxy's answer with the code of an abort
  if (!timeout && isCancel(error) && !PROXY_ANSWER.test(message)) return CANCELLED;
  const proxy = answered ? undefined : proxyVerdict(facts, error);
  if (proxy) return proxy;
  if (timeout) return code === 'ETIMEOUT' ? TIMED_OUT.dns : TIMED_OUT[phase];
  if (error === undefined) return CLOSED[phase];
  if (isCancel(error)) return CANCELLED;

  const tls = tlsReason(error);
  if (tls) return failed('tls', tls);
  if (syscall === 'connect' && code === 'ECONNRESET') return RESET.tcp;
  const early = phase !== 'wait' && phase !== 'body' && phase !== 'send';
  const known = BY_CODE.get(code);
  if (known && (early || (!ONLY_BEFORE_SEND.has(code) && !RESET_CODES.has(code)))) return verdictOf(known);
  // A destroyed client or agent: before sending that is our own closed door, afterwards the application hung up.
  if (code === 'UND_ERR_DESTROYED') return early ? failed('client', 'client.closed') : CANCELLED;

  if (INVALID_ANSWER.test(code) || INVALID_ANSWER.test(name) || INVALID_ANSWER.test(message))
    return answered ? failed('body', 'http.response.decoding_failed') : failed('wait', 'http.response.invalid');
  if (DECODING.test(code)) return failed('body', 'http.response.decoding_failed');
  if (code.startsWith('ERR_HTTP2_')) return PROTOCOL[phase];
  if (/^HTTP\/2: /.test(message)) return PROTOCOL[phase];
  if (code === 'UND_ERR_SOCKET' || message === 'socket hang up' || message === 'aborted') return CLOSED[phase];
  if (RESET_CODES.has(code)) return RESET[phase];
  // The upload's own source raised it (a stream, an iterator): the peer is not to blame.
  if (phase === 'send') return failed('client', 'client.body_failed');
  // What is left in flight came from the caller: a signal's own reason, `destroy(error)`, an abort with a plain string.
  if (phase === 'wait' || phase === 'body') return code === '' ? CANCELLED : OTHER[phase];
  return (phase === 'queued' ? refusal(name, message) : undefined) ?? OTHER[phase];
}
