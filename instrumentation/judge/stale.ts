import type { Reason } from '../../src/contract/index.ts';
import type { Call } from '../capture/types.ts';

const HUNG_UP: ReadonlySet<Reason> = new Set<Reason>([
  'http.response.closed',
  'http.response.reset',
  'http.request.closed',
  'http.request.reset',
]);
/**
 * No server gives up a connection sooner, and to repeat a write is advised only where it is safe: a shorter pause is a busy connection's; ms. A peer that
 * took longer than the wait beyond two round trips has read the request.
 */
const LEAST_IDLE_MS = 1000;
const LONGEST_WAIT_MS = 100;

/**
 * Did the other side hang up on a kept connection that it had already given up? It lay idle, and the hang-up came at once: sooner than it had lain idle,
 * with nothing answered (RFC 9112 §9.3.1).
 */
export function isStale({ reused, status, startMs, endMs, timings }: Call, reason: Reason): boolean {
  if (reused === undefined || status !== undefined || !HUNG_UP.has(reason)) return false;
  const waited = endMs - startMs - (timings.queue ?? 0);
  return reused.idleMs >= LEAST_IDLE_MS && waited < Math.min(reused.idleMs, LONGEST_WAIT_MS + 2 * reused.roundTripMs);
}
