import type { MetricKey } from '../contract/index.ts';

/**
 * Label sets kept per metric. Past the first number a new set of `calls` is counted with the unbounded labels replaced by
 * `__other__`; sums by class and layer stay right whatever is sent.
 */
export const SERIES_BUDGET: Readonly<Record<MetricKey, number>> = {
  calls: 10_000,
  duration: 4_000,
  phase: 2_000,
  retries: 2_000,
  repeatedReads: 1_000,
  retryAfter: 1_000,
  rateLimitRemaining: 1_000,
  tlsExpiry: 800,
  clockOffset: 400,
  serviceInfo: 2_000,
  versionFirstSeen: 2_000,
  pending: 1_000,
  inFlight: 2_000,
  oldestInFlight: 2_000,
  lastFailure: 2_000,
};
