/** Every number that protects the process, with its reason. */
export const LIMITS = {
  /** OTLP specification, "Limits": 20 MiB, before and after inflation. */
  bodyBytes: 20 * 1024 * 1024,
  /** Bodies being received or decoded at once; past it new ones are refused with 503. */
  inFlightBytes: 64 * 1024 * 1024,
  /** Ten times the largest default batch of a Collector; more are refused by partial success. */
  spansPerRequest: 100_000,
  /** Nesting of JSON and AnyValue; OpenTelemetry data needs five. */
  depth: 32,
  /** Senders connected at once; one costs some 20 KB. `ulimit -n` may allow fewer. */
  senders: 12_000,
  /** Kept back of `ulimit -n`: readers' connections, and files. */
  reservedDescriptors: 64,
  /** Scrapers, probes and browsers connected at once. */
  readers: 48,
  /** Calls at once on one HTTP/2 connection. */
  streams: 64,
  /** Of one HTTP/2 connection: bytes on their way before a sender has to wait. */
  sessionWindowBytes: 4 * 1024 * 1024,
  /** A sender that has not finished its headers or its request by then is cut off (slowloris). */
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  /** In-flight requests get this long after SIGTERM. */
  drainMs: 5_000,
  /** What a refused sender is asked to wait. */
  retryAfterSeconds: 5,
  /** Failed spans handed to listeners at once, as many as the evidence pages keep, and then per second: one costs fifty times counting it. */
  failedSpansBurst: 400,
  failedSpansPerSecond: 50,
  /** Besides those: kinds of failure per second of which one service and provider may hand on the first. */
  failedKindsPerOwner: 10,
  /** Forwarding: bytes waiting for the next endpoint. */
  forwardBytes: 32 * 1024 * 1024,
  /** Forwarding: what the next endpoint may answer (CVE-2026-39882 class). */
  forwardAnswerBytes: 64 * 1024,
} as const;
