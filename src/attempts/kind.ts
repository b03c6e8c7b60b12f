import type { LayerName } from '../contract/index.ts';
import { type Advice, isIdempotent, isRefused, needsChange } from './advice.ts';

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
