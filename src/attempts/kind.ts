import { isIdempotent, needsChange } from './advice.ts';

/** `api.retry.kind`. */
export type RetryKind = 'safe' | 'unsafe' | 'early' | 'pointless';

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
 * an answered 4xx says that it was not done.
 */
export function kindOf(before: Before, next: Now): RetryKind {
  if (!before.failed) return 'safe';
  const refused = before.status !== undefined && before.status >= 400 && before.status < 500;
  const sameKey = before.key !== undefined && before.key === next.key;
  if (!isIdempotent(before.method) && before.sent !== 'no' && !refused && !sameKey) return 'unsafe';
  if (needsChange(before.status) && before.print === next.print) return 'pointless';
  return next.now + EARLY_TOLERANCE_MS < before.notBefore ? 'early' : 'safe';
}
