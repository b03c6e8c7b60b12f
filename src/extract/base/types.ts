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
  /** The request asked for many things at once. */
  readonly isBatch?: boolean;
  /** The caller's clock in Unix milliseconds, used where the answer has no `Date`. */
  readonly nowMs: number;
}

export interface RateLimit {
  limit?: number | undefined;
  remaining?: number | undefined;
  /** Seconds from now. */
  reset?: number | undefined;
}

/** What an answer says about the failure. Nothing in it is a secret, a sentence posing as a code, or a guess. */
export interface Evidence {
  /** The provider's stable error code, as on the wire, at most 128 characters. */
  code?: string | undefined;
  /** A second, finer or coarser code where the provider sends two. */
  subcode?: string | undefined;
  /** Redacted, at most 256 characters. */
  message?: string | undefined;
  requestId?: string | undefined;
  /** Seconds from now. */
  retryAfter?: number | undefined;
  rateLimit?: RateLimit | undefined;
  /** Which limit the call ran into. */
  limitKind?: LimitKind | undefined;
  /** A 2xx answer whose headers or body say failed. */
  failedIn2xx: boolean;
  /** Parts of an answer to many requests; code, message and status are the worst part's. */
  batch?: { failed: number; total?: number | undefined } | undefined;
  /** What the worst part, or the body of a 2xx, says instead of the answer's own status. */
  status?: number | undefined;
  /** When the endpoint was deprecated, or will be switched off; Unix seconds. */
  deprecationAt?: number | undefined;
  sunsetAt?: number | undefined;
  /** RFC 9209 error type of a proxy in between. */
  proxyError?: string | undefined;
  /** The code is a `grpc-status`. */
  grpc?: true | undefined;
}
