import type { MetricKey } from '../contract/index.ts';
import type { Budget } from './shares.ts';

/**
 * Label sets kept per metric: a floor for each of the services, and a pool. Past its share a service's new set of `calls` is counted with the
 * unbounded labels replaced by `__other__`; sums by class and layer stay right whatever is sent.
 */
export const SERIES_BUDGET: Readonly<Record<MetricKey, Budget>> = {
  calls: { floor: 12, pool: 60_000 },
  duration: { floor: 3, pool: 16_000 },
  phase: { floor: 4, pool: 18_000 },
  retries: { floor: 2, pool: 4_000 },
  repeatedReads: { floor: 2, pool: 3_000 },
  retryAfter: { floor: 1, pool: 3_000 },
  rateLimitRemaining: { floor: 2, pool: 3_000 },
  tlsExpiry: { floor: 2, pool: 3_000 },
  deprecation: { floor: 2, pool: 3_000 },
  sunset: { floor: 2, pool: 3_000 },
  clockOffset: { floor: 1, pool: 100 },
  serviceInfo: { floor: 2, pool: 1_000 },
  versionFirstSeen: { floor: 2, pool: 1_000 },
  pending: { floor: 1, pool: 1_000 },
  cancelled: { floor: 2, pool: 3_000 },
  firstChunk: { floor: 1, pool: 3_000 },
  longestGap: { floor: 1, pool: 3_000 },
  websocketEnds: { floor: 1, pool: 1_000 },
  inFlight: { floor: 2, pool: 3_000 },
  oldestInFlight: { floor: 2, pool: 3_000 },
  lastFailure: { floor: 4, pool: 46_000 },
};
