import type { LayerName, Reason } from '../contract/index.ts';

/** `api.retry.advice`: what a caller should do with a failed call. */
export type Advice = 'retry' | 'retry_after' | 'needs_idempotency_key' | 'fix_request';

export interface Failure {
  readonly method: string;
  readonly layer: LayerName;
  readonly reason: Reason;
  readonly status: number | undefined;
  /** `api.request.sent`. */
  readonly sent: 'no' | 'partly' | 'yes' | 'unknown';
  /** The request carried an idempotency key. */
  readonly keyed: boolean;
  /** The provider said when to come back. */
  readonly retryAfter: boolean;
  /** A read sent as POST. */
  readonly isRead?: boolean;
}

/** RFC 9110 §9.2.2. */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']);
export const isIdempotent = (method: string): boolean => IDEMPOTENT.has(method);

/** Answers of the caller's own layers that a later, unchanged request can turn round: a lock, a conflict, a wrong connection. */
const PASSING_4XX: ReadonlySet<number> = new Set([408, 409, 420, 421, 423, 425, 429]);
/** Is a repeat of the same bytes after this status hopeless? (RFC 9110 §15.5: the client seems to have erred.) */
export const needsChange = (status: number | undefined): boolean =>
  status !== undefined && status >= 400 && status < 500 && !PASSING_4XX.has(status);

const CALLERS: ReadonlySet<LayerName> = new Set<LayerName>(['endpoint', 'auth', 'payload']);

/** How far a failed call came. */
type Progress = Pick<Failure, 'sent' | 'status' | 'retryAfter'> & { readonly layer: LayerName | undefined };
/** Was nothing done: what never left, what was throttled, and what the provider says the caller got wrong, with whichever status. */
export const isRefused = ({ sent, status = 0, layer, retryAfter }: Progress): boolean =>
  sent === 'no' ||
  layer === 'throttling' ||
  (layer !== undefined && CALLERS.has(layer)) ||
  (status >= 400 && status < 500) ||
  status === 529 ||
  (status === 503 && retryAfter);

/** Reasons before the request leaves that time alone does not mend. */
const LASTING: ReadonlySet<Reason> = new Set<Reason>([
  'client.invalid_url',
  'client.invalid_argument',
  'client.port_blocked',
  'client.local_error',
  'client.closed',
  'client.limit_exceeded',
  'client.body_failed',
  'client.redirect_refused',
  'dns.name_not_resolved',
  'dns.address_invalid',
  'proxy.auth_required',
  'tls.bad_client_auth_cert',
  'tls.version_or_cipher_mismatch',
  'tls.protocol.error',
  'http.response.redirect_loop',
  'http.no_credit',
  'http.quota_exhausted',
]);

export function adviceOf(failure: Failure): Advice {
  if (LASTING.has(failure.reason) || failure.reason.startsWith('tls.cert.')) return 'fix_request';
  if (
    CALLERS.has(failure.layer) &&
    (failure.status === undefined || failure.status < 400 || needsChange(failure.status))
  )
    return 'fix_request';
  const mayBeDone = failure.reason !== 'http.connection.stale' && !isRefused(failure);
  if (mayBeDone && !isIdempotent(failure.method) && !failure.keyed && !failure.isRead) return 'needs_idempotency_key';
  return failure.layer === 'throttling' || failure.retryAfter ? 'retry_after' : 'retry';
}

/** `api.retry.kind`. */
export type RetryKind = 'safe' | 'unsafe' | 'early' | 'pointless' | 'paid';

/** How an attempt went, as far as judging the next one needs it. */
export interface Before {
  readonly method: string;
  readonly failed: boolean;
  readonly status: number | undefined;
  readonly sent: 'no' | 'partly' | 'yes' | 'unknown';
  /** Hash of the idempotency key. */
  readonly key: string | undefined;
  /** Hash of everything that would make a repeat a different request: credentials and length of the body. */
  readonly print: string | undefined;
  /** Instant before which the provider asked not to be called, ms; 0 = none. Same clock as `now`. */
  readonly notBefore: number;
  readonly layer?: LayerName | undefined;
  /** What its caller was advised, where it is known already. */
  readonly advice?: Advice | undefined;
  /** A read sent as POST. */
  readonly isRead?: boolean;
}
export interface Now {
  readonly key: string | undefined;
  readonly print: string | undefined;
  readonly now: number;
}

/** Clocks and timers are allowed this much before an attempt counts as early. */
export const EARLY_TOLERANCE_MS = 100;

/**
 * Judges an attempt by the one before it. A redirect or any other next attempt after a success is safe.
 * A write whose bytes left may have been done, so repeating it without the same idempotency key may do it twice;
 * an answered 4xx says that it was not done. A read sent as POST changes nothing, but is paid for twice. What was to be changed before it is sent
 * again, and was not, is pointless.
 */
export function kindOf(before: Before, next: Now): RetryKind {
  if (!before.failed) return 'safe';
  const { method, layer, advice, isRead, sent, status } = before;
  const sameKey = before.key !== undefined && before.key === next.key;
  const isTwice =
    !isIdempotent(method) && !isRefused({ sent, status, retryAfter: before.notBefore > 0, layer }) && !sameKey;
  // advised to retry without a key: nothing was done
  const isSafe = (advice === 'retry' || advice === 'retry_after') && before.key === undefined;
  if (isTwice && !isRead && !isSafe) return 'unsafe';
  const isHopeless = advice === undefined ? needsChange(status) : advice === 'fix_request';
  if (isHopeless && before.print === next.print) return 'pointless';
  if (next.now + EARLY_TOLERANCE_MS < before.notBefore) return 'early';
  return isTwice && isRead && sent !== 'no' ? 'paid' : 'safe';
}
