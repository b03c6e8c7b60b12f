/** Reading raised errors without knowing their classes: several copies of undici and every Node line raise their own. Pure. */

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The four fields of anything thrown; empty strings for what it lacks. Reading a hostile getter is the caller's guard's business. */
export function fieldsOf(error: unknown) {
  if (error === null || (typeof error !== 'object' && typeof error !== 'function'))
    return { code: '', name: typeof error, message: text(error), syscall: '' };
  const e = error as { code?: unknown; name?: unknown; message?: unknown; syscall?: unknown };
  return { code: text(e.code), name: text(e.name), message: text(e.message), syscall: text(e.syscall) };
}

/**
 * Which of several failed connection attempts says most (RFC 8305: the attempts run against different addresses):
 * one that reached a host beats one that heard nothing, which beats one that had no route.
 */
const TELLING = ['ECONNREFUSED', 'ECONNRESET', 'EACCES', 'EPERM', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'];
const rank = (error: unknown): number => {
  const at = TELLING.indexOf(fieldsOf(error).code);
  return at < 0 ? TELLING.length : at;
};

const NO_ROUTE = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN']);

/** What node itself says of all attempts, unless that is a family without a route beside an address that was only slow; without node's word, the rank. */
function telling(errors: readonly unknown[], code: string): unknown {
  const of = (wanted: string) => errors.find((error) => fieldsOf(error).code === wanted);
  const own = NO_ROUTE.has(code) ? (of('ETIMEDOUT') ?? of(code)) : of(code);
  return own ?? errors.reduce((best, next) => (rank(next) < rank(best) ? next : best));
}

/** Wrappers that say nothing themselves; the reason is their cause. */
const WRAPPERS = new Set(['ERR_HTTP2_STREAM_CANCEL', 'UND_ERR_BODY_STREAM']);

/** The error that tells why: unwraps happy-eyeballs aggregates, `fetch failed` and HTTP/2 cancellations. */
export function rootOf(error: unknown): unknown {
  let at = error;
  for (let depth = 0; depth < 8 && typeof at === 'object' && at !== null; depth++) {
    const { errors, cause, name, code, message } = at as Record<string, unknown>;
    if (Array.isArray(errors) && errors.length > 0) {
      at = telling(errors, text(code));
      continue;
    }
    const wraps =
      WRAPPERS.has(text(code)) ||
      (name === 'TypeError' && (message === 'fetch failed' || message === 'terminated')) ||
      (code === 0 && message === 'Request was cancelled.');
    if (!wraps || cause === undefined || cause === null) break;
    at = cause;
  }
  return at;
}

/** ECONNABORTED: axios and follow-redirects raise it for a timeout only; ERR_SOCKET_TIMEOUT: agentkeepalive. */
const TIMEOUT_CODES = new Set(
  (
    'ETIMEDOUT ESOCKETTIMEDOUT ECONNABORTED UND_ERR_CONNECT_TIMEOUT UND_ERR_HEADERS_TIMEOUT UND_ERR_BODY_TIMEOUT ' +
    'ERR_SOCKET_CONNECTION_TIMEOUT ERR_SOCKET_TIMEOUT ERR_TLS_HANDSHAKE_TIMEOUT ETIMEOUT'
  ).split(' '),
);
const TIMEOUT_NAMES = new Set(['TimeoutError', 'HeadersTimeoutError', 'BodyTimeoutError', 'ConnectTimeoutError']);

/** A deadline: the DOM's TimeoutError (also as an AbortError's cause), or a code or name that libraries use for nothing else. */
export function isTimeout(error: unknown): boolean {
  const { code, name } = fieldsOf(error);
  if (TIMEOUT_CODES.has(code) || TIMEOUT_NAMES.has(name)) return true;
  if (name !== 'AbortError') return false;
  const cause = (error as { cause?: unknown }).cause;
  return cause !== undefined && cause !== error && isTimeout(cause);
}

const CANCEL_CODES = new Set(['ABORT_ERR', 'ERR_CANCELED', 'UND_ERR_ABORTED']);

/** The caller's own cancellation. Ask {@link isTimeout} first. */
export function isCancel(error: unknown): boolean {
  const { code, name } = fieldsOf(error);
  return name === 'AbortError' || name === 'CanceledError' || CANCEL_CODES.has(code);
}

/** What `fetch` and header checks say when they refuse a call; they have no codes (Fetch standard §4.1 "main fetch", undici lib/web/fetch). */
export const BAD_PORT = /^bad port$/;
export const BAD_URL =
  /^(unknown scheme|about scheme |URL scheme |Failed to parse URL|Invalid URL|not implemented)|includes credentials/;
