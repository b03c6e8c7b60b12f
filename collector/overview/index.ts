import { type Count, countsOf, overviewOf, type PairOverview, pairKey } from '../../src/aggregate/index.ts';
import type { CollectorContext } from '../base/context.ts';
import { Activity } from './activity.ts';

/** "Now" is this long, ms; "usual" is the hour before it. */
const NOW_MS = 5 * 60_000;
const HOUR_MS = 60 * 60_000;
const SAMPLE_EVERY_MS = 30_000;

export interface Pair extends PairOverview {
  /** The last five minutes. */
  readonly now: Count;
  /** The hour before them, as far as this collector has run. */
  readonly usual: Count;
}

const ACTIVITIES = new WeakMap<CollectorContext, Activity>();

/** Starts sampling; runs once per collector. */
export function startOverview(ctx: CollectorContext): void {
  const activity = new Activity();
  ACTIVITIES.set(ctx, activity);
  const sample = (): void => activity.sample(Date.now(), countsOf(ctx.aggregator));
  sample();
  const timer = setInterval(() => ctx.faults.guard('timer', sample), SAMPLE_EVERY_MS).unref();
  ctx.onClose(() => clearInterval(timer));
}

/** Every pair of service and provider: counts, now against usual, latency, head-room. */
export function pairsOf(ctx: CollectorContext, nowMs: number = Date.now()): Pair[] {
  const activity = ACTIVITIES.get(ctx)!;
  return overviewOf(ctx.aggregator).map((pair) => {
    const between = (fromMs: number, toMs?: number): Count => activity.between(pairKey(pair), pair, fromMs, toMs);
    return { ...pair, now: between(nowMs - NOW_MS), usual: between(nowMs - NOW_MS - HOUR_MS, nowMs - NOW_MS) };
  });
}
