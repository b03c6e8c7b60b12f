import type { LayerName, Phase, Reason } from '../contract/index.ts';
import { fieldsOf, isCancel, isTimeout, rootOf } from '../raised.ts';
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
const BY_CODE: Record<string, Verdict> = {
  ENOTFOUND: failed('dns', 'dns.name_not_resolved'),
  ENODATA: failed('dns', 'dns.name_not_resolved'),
  EAI_NONAME: failed('dns', 'dns.name_not_resolved'),
  EAI_NODATA: failed('dns', 'dns.name_not_resolved'),
  EAI_AGAIN: failed('dns', 'dns.failed'),
  EAI_FAIL: failed('dns', 'dns.failed'),
  ESERVFAIL: failed('dns', 'dns.failed'),
  EREFUSED: failed('dns', 'dns.failed'),
  ETIMEOUT: failed('dns', 'dns.timed_out'),
  ERR_INVALID_IP_ADDRESS: failed('dns', 'dns.address_invalid'),
  ECONNREFUSED: failed('tcp', 'tcp.refused'),
  EHOSTUNREACH: failed('tcp', 'tcp.address_unreachable'),
  ENETUNREACH: failed('tcp', 'tcp.address_unreachable'),
  ENETDOWN: failed('tcp', 'tcp.address_unreachable'),
  EHOSTDOWN: failed('tcp', 'tcp.address_unreachable'),
  EADDRNOTAVAIL: failed('client', 'client.local_error'),
  EMFILE: failed('client', 'client.local_error'),
  ENFILE: failed('client', 'client.local_error'),
  ENOBUFS: failed('client', 'client.local_error'),
  EACCES: failed('client', 'client.local_error'),
  EPERM: failed('client', 'client.local_error'),
  ENOENT: failed('client', 'client.local_error'),
  EADDRINUSE: failed('client', 'client.local_error'),
  ERR_ACCESS_DENIED: failed('client', 'client.local_error'),
  ERR_INVALID_URL: failed('client', 'client.invalid_url'),
  ERR_INVALID_PROTOCOL: failed('client', 'client.invalid_url'),
  ERR_UNESCAPED_CHARACTERS: failed('client', 'client.invalid_url'),
  ERR_INVALID_ARG_TYPE: failed('client', 'client.invalid_argument'),
  ERR_INVALID_ARG_VALUE: failed('client', 'client.invalid_argument'),
  ERR_INVALID_CHAR: failed('client', 'client.invalid_argument'),
  ERR_INVALID_HTTP_TOKEN: failed('client', 'client.invalid_argument'),
  ERR_HTTP_INVALID_HEADER_VALUE: failed('client', 'client.invalid_argument'),
  ERR_HTTP_CONTENT_LENGTH_MISMATCH: failed('client', 'client.invalid_argument'),
  ERR_SOCKET_BAD_PORT: failed('client', 'client.invalid_argument'),
  UND_ERR_INVALID_ARG: failed('client', 'client.invalid_argument'),
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: failed('client', 'client.invalid_argument'),
  UND_ERR_NOT_SUPPORTED: failed('client', 'client.invalid_argument'),
  UND_ERR_RES_EXCEEDED_MAX_SIZE: failed('client', 'client.limit_exceeded'),
  UND_ERR_HEADERS_OVERFLOW: failed('client', 'client.limit_exceeded'),
  HPE_HEADER_OVERFLOW: failed('client', 'client.limit_exceeded'),
  ERR_FR_MAX_BODY_LENGTH_EXCEEDED: failed('client', 'client.limit_exceeded'),
  UND_ERR_CLOSED: failed('client', 'client.closed'),
  UND_ERR_BPL_MISSING_UPSTREAM: failed('client', 'client.pool_exhausted'),
  ERR_HTTP2_INVALID_SESSION: failed('client', 'client.closed'),
  ERR_HTTP2_GOAWAY_SESSION: failed('client', 'client.closed'),
  ERR_HTTP2_OUT_OF_STREAMS: failed('client', 'client.pool_exhausted'),
  ERR_STREAM_DESTROYED: failed('client', 'client.closed'),
};
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

/** What `fetch` and header checks say when they refuse a call; they have no codes (Fetch standard §4.1 "main fetch", undici lib/web/fetch). */
const REFUSED: readonly (readonly [RegExp, Verdict])[] = [
  [/^bad port$/, failed('client', 'client.port_blocked')],
  [
    /^(unknown scheme|URL scheme |Failed to parse URL|Invalid URL|not implemented)/,
    failed('client', 'client.invalid_url'),
  ],
  [/includes credentials/, failed('client', 'client.invalid_url')],
];

function refusal(name: string, message: string): Verdict | undefined {
  const known = REFUSED.find(([pattern]) => pattern.test(message))?.[1];
  return known ?? (name === 'TypeError' ? failed('client', 'client.invalid_argument') : undefined);
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
  if (timeout) return code === 'ETIMEOUT' ? BY_CODE[code]! : TIMED_OUT[phase];
  if (error === undefined) return CLOSED[phase];
  if (isCancel(error)) return CANCELLED;

  const tls = tlsReason(error);
  if (tls) return failed('tls', tls);
  if (syscall === 'connect' && code === 'ECONNRESET') return RESET.tcp;
  const early = phase !== 'wait' && phase !== 'body' && phase !== 'send';
  const known = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  if (known && (early || (!ONLY_BEFORE_SEND.has(code) && !RESET_CODES.has(code)))) return known;
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
