import type { LimitKind } from '../../contract/limits.ts';

/** One answer as capture saw it. Header names are in lower case. */
export interface Answer {
  readonly status: number;
  readonly host: string;
  header(name: string): string | undefined;
  /** In lower case. An array is never changed afterwards: what follows from the names is kept under the array itself. */
  headerNames(): Iterable<string>;
  /** The decoded body's start; absent if it was not read. */
  readonly body?: string;
  readonly contentType?: string;
  /** The body goes on behind what was captured. */
  readonly truncated?: boolean;
  /** The caller's clock in Unix milliseconds, used where the answer has no `Date`. */
  readonly nowMs: number;
}

export interface RateLimit {
  limit?: number;
  remaining?: number;
  /** Seconds from now. */
  reset?: number;
}

/** What an answer says about the failure. Nothing in it is a secret, a sentence posing as a code, or a guess. */
export interface Evidence {
  /** The provider's stable error code, as on the wire, at most 128 characters. */
  code?: string;
  /** A second, finer or coarser code where the provider sends two. */
  subcode?: string;
  /** Redacted, at most 256 characters. */
  message?: string;
  requestId?: string;
  /** Seconds from now. */
  retryAfter?: number;
  rateLimit?: RateLimit;
  /** Which limit the call ran into. */
  limitKind?: LimitKind;
  /** A 2xx answer whose headers or body say failed. */
  failedIn2xx: boolean;
  /** Parts of an answer to many requests; code, message and status are the worst part's. */
  batch?: { failed: number; total?: number; status?: number };
  /** When the endpoint was deprecated, or will be switched off; Unix seconds. */
  deprecationAt?: number;
  sunsetAt?: number;
  /** RFC 9209 error type of a proxy in between. */
  proxyError?: string;
  /** The code is a `grpc-status`. */
  grpc?: true;
  /** Whether the provider itself answered, or a gateway or CDN in front of it. */
  origin: 'provider' | 'gateway';
}
