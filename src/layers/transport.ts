import type { LayerName, Phase } from '../contract/index.ts';
import { REASONS, type Reason } from '../contract/reasons.ts';
import { BAD_PORT, BAD_URL, fieldsOf, isCancel, isTimeout, rootOf } from '../error-kind.ts';
import { inverse } from '../lists.ts';
import { isTlsAnswer, tlsReason } from './tls.ts';

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

const ends = (timedOut: Reason, reset: Reason, closed: Reason, other: Reason) => ({ timedOut, reset, closed, other });
/** How a call ends in each phase: at a deadline, reset by the peer or something between, closed by the peer in good order, by another error. */
const ENDS: Readonly<Record<Phase, ReturnType<typeof ends>>> = {
  queued: ends('client.timed_out', 'tcp.reset', 'tcp.reset', 'unknown'),
  dns: ends('dns.timed_out', 'tcp.reset', 'tcp.reset', 'dns.failed'),
  tcp: ends('tcp.timed_out', 'tcp.reset', 'tcp.reset', 'tcp.failed'),
  tls: ends('tls.timed_out', 'tls.closed', 'tls.closed', 'tls.failed'),
  send: ends('http.request.timed_out', 'http.request.reset', 'http.request.closed', 'http.request.failed'),
  wait: ends('http.response.timed_out', 'http.response.reset', 'http.response.closed', 'unknown'),
  body: ends('http.response.stalled', 'http.response.truncated', 'http.response.truncated', 'http.response.truncated'),
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
  'client.limit_exceeded': 'UND_ERR_HEADERS_OVERFLOW HPE_HEADER_OVERFLOW',
  'client.closed': 'UND_ERR_CLOSED ERR_HTTP2_INVALID_SESSION ERR_HTTP2_GOAWAY_SESSION ERR_STREAM_DESTROYED',
  'client.pool_exhausted': 'UND_ERR_BPL_MISSING_UPSTREAM ERR_HTTP2_OUT_OF_STREAMS',
});

/** Connection errors that have nothing to do with reading the answer: a body or upload source may raise the same codes later. */
const ONLY_BEFORE_SEND = new Set(['ENOENT', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ERR_STREAM_DESTROYED']);

const RESET_CODES = new Set(['ECONNRESET', 'EPIPE', 'ENOTCONN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN']);
const INVALID_ANSWER =
  /^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_|HTTPParserError|ERR_HTTP_TRAILER)|^bad (response|upgrade)$/;
/** A size limit that the client's side met: libraries and applications each have a code or words of their own for it. */
const LIMIT_CODE = /TOO_?(?:LARGE|BIG)|BADSIZE|MAXBUFFER|MAX_(?:BODY_)?(?:SIZE|LENGTH)/i;
const LIMIT_WORDS = /\b(?:max(?:imum)?|limit|exceed\w*|too (?:large|big|long)|(?:larger|bigger) than)\b/i;
/** `maxContentLength`. */
const LIMIT_NAMES = /max\w*/gi;
const SIZE_WORDS = /size|length|bytes?\b|buffer|large|\bbig\b|\bbody\b/i;
/** Deadlines, rates and redirects have limits, too. */
const NO_SIZE = /time|\brate\b|redirect/i;
/** Their codes say what they mean, whatever the words. */
const SYSTEM = /^(?:E[A-Z]+$|HPE_|Z_|ERR_BROTLI|ZSTD_|ERR_HTTP2|ERR_O?SSL)/;

const namesLimit = (message: string): boolean =>
  LIMIT_WORDS.test(message) || (message.match(LIMIT_NAMES) ?? []).some((name) => SIZE_WORDS.test(name));
const isOwnLimit = (code: string, message: string): boolean =>
  (LIMIT_CODE.test(code) && !code.includes('SSL')) ||
  (!SYSTEM.test(code) && namesLimit(message) && SIZE_WORDS.test(message) && !NO_SIZE.test(message));

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

function refusal(name: string, message: string): Reason | undefined {
  if (BAD_PORT.test(message)) return 'client.port_blocked';
  if (BAD_URL.test(message)) return 'client.invalid_url';
  return name === 'TypeError' ? 'client.invalid_argument' : undefined;
}

function proxyVerdict(facts: TransportFacts, error: unknown): Reason | undefined {
  const { code, message } = fieldsOf(error);
  const answered = code === 'ERR_PROXY_TUNNEL' || message.startsWith('Proxy response (');
  // a handshake through the open tunnel is the target's
  if (!answered && (!facts.toProxy || tlsReason(error))) return undefined;
  const given = (error as { statusCode?: unknown } | null)?.statusCode;
  const match = PROXY_ANSWER.exec(message);
  const status =
    typeof given === 'number' ? given : Number(match?.slice(1).find((digits) => digits !== undefined) ?? 0);
  if (status === 407) return 'proxy.auth_required';
  if (status >= 100) return 'proxy.refused';
  if (code === '' && PROXY_AUTH.test(message)) return 'proxy.auth_required';
  if (code === '' && PROXY_REFUSED.test(message)) return 'proxy.refused';
  if (facts.timedOut || isTimeout(error) || /timed? ?out/i.test(message)) return 'proxy.timed_out';
  if (PROXY_GONE.test(message)) return 'proxy.unreachable';
  if (answered || facts.phase === 'send' || facts.phase === 'wait' || PROXY_HUNG_UP.test(message))
    return 'proxy.failed';
  return code === 'ECONNRESET' && facts.phase !== 'tcp' ? 'proxy.failed' : 'proxy.unreachable';
}

/** First rule that applies wins; undefined for a call that its caller cancelled. */
function reasonOf(facts: TransportFacts): Reason | undefined {
  const error = rootOf(facts.error);
  const { phase } = facts;
  const { code, name, message, syscall } = fieldsOf(error);
  const answered = phase === 'body';

  if (isOwnLimit(code, message)) return 'client.limit_exceeded';
  if (answered && DECODING.test(code)) return 'http.response.decoding_failed';
  const timeout = facts.timedOut || isTimeout(error);
  if (!timeout && facts.cancelled) return undefined;
  if (phase === 'queued' && (UNREADABLE.test(code) || UNREADABLE_TEXT.test(message))) return 'client.local_error';
  // undici raises a proxy's answer with the code of an abort
  if (!timeout && isCancel(error) && !PROXY_ANSWER.test(message)) return undefined;
  const proxy = answered ? undefined : proxyVerdict(facts, error);
  if (proxy) return proxy;
  if (timeout) return code === 'ETIMEOUT' ? ENDS.dns.timedOut : ENDS[phase].timedOut;
  if (error === undefined) return ENDS[phase].closed;
  if (isCancel(error)) return undefined;

  const tls = tlsReason(error);
  if (tls) return tls;
  if (syscall === 'connect' && code === 'ECONNRESET') return ENDS.tcp.reset;
  const early = phase !== 'wait' && phase !== 'body' && phase !== 'send';
  const known = BY_CODE.get(code);
  if (known && (early || (!ONLY_BEFORE_SEND.has(code) && !RESET_CODES.has(code)))) return known;
  // A destroyed client or agent: before sending that is our own closed door, afterwards the application hung up.
  if (code === 'UND_ERR_DESTROYED') return early ? 'client.closed' : undefined;

  if (INVALID_ANSWER.test(code) || INVALID_ANSWER.test(name) || INVALID_ANSWER.test(message)) {
    if (answered) return 'http.response.decoding_failed';
    return isTlsAnswer(error) ? 'http.scheme_mismatch' : 'http.response.invalid';
  }
  // stream and session errors (RFC 9113 §7)
  if (code.startsWith('ERR_HTTP2_') || /^HTTP\/2: /.test(message))
    return phase === 'dns' || phase === 'tcp' || phase === 'tls' ? ENDS[phase].other : 'http.protocol.error';
  if (code === 'UND_ERR_SOCKET' || message === 'socket hang up' || message === 'aborted') return ENDS[phase].closed;
  if (RESET_CODES.has(code)) return ENDS[phase].reset;
  // The upload's own source raised it (a stream, an iterator): the peer is not to blame.
  if (phase === 'send') return 'client.body_failed';
  // What is left in flight came from the caller: a signal's own reason, `destroy(error)`, an abort with a plain string.
  if (phase === 'wait' || phase === 'body') return code === '' ? undefined : ENDS[phase].other;
  return (phase === 'queued' ? refusal(name, message) : undefined) ?? ENDS[phase].other;
}

/** Layer and reason of a call that ended without a whole answer. */
export function classifyTransport(facts: TransportFacts): Verdict {
  const reason = reasonOf(facts);
  if (reason === undefined) return { kind: 'cancelled' };
  const { phase } = facts;
  // an HTTP/2 error belongs to any of three layers; one before the request was sent is what came back
  const byPhase = phase === 'send' || phase === 'body' ? phase : 'wait';
  return { kind: 'failed', layer: reason === 'http.protocol.error' ? byPhase : REASONS[reason].layers[0], reason };
}
