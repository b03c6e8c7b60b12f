import { type Count, kindKey, overviewOf, type PairOverview, pairKey, takeGrowth } from '../src/aggregate/index.ts';
import { type FailureRecord, headlineOf } from '../src/evidence/record.ts';
import type { CollectorContext } from './base/context.ts';
import { storeOf } from './evidence/index.ts';

const STEP_MS = 30_000;
/** "Now" is the running step and so many before it: five minutes; "usual" is the hour before. */
const NOW = 10;
const HOUR = 120;
const STEPS = 1 + NOW + HOUR;

/** Keys held: pairs twice, for calls and failures, and kinds of failure. All of them take 14 MB. */
const KEYS = 14_000;

/** What was counted in each half minute of the last 65, by a key. Where there are too many keys, those that are quiet the longest are forgotten. */
export class Activity {
  private readonly rings = new Map<string, Float32Array>();
  private step = 0;

  /** Adds what was counted since the last time; old steps fall out, and keys of which nothing is left. */
  add(atMs: number, growth: ReadonlyMap<string, number>): void {
    const to = Math.floor(atMs / STEP_MS);
    if (to < this.step) this.rings.clear(); // the clock was put back
    for (const [key, ring] of this.rings) {
      for (let step = Math.max(this.step, to - STEPS) + 1; step <= to; step++) ring[step % STEPS] = 0;
      if (ring.every((count) => count === 0)) this.rings.delete(key);
    }
    this.step = to;
    const most = growth.size > KEYS ? [...growth].sort(([, a], [, b]) => a - b).slice(-KEYS) : growth;
    for (const [key, by] of most) {
      const ring = this.rings.get(key) ?? new Float32Array(STEPS);
      ring[this.step % STEPS]! += by;
      // to the end, behind those that were quiet
      this.rings.delete(key);
      this.rings.set(key, ring);
    }
    while (this.rings.size > KEYS) this.rings.delete(this.rings.keys().next().value!);
  }

  /** What was counted of `key` in `steps` half minutes, the newest of them `ago` steps before the running one. */
  sum(key: string, ago: number, steps: number): number {
    const ring = this.rings.get(key);
    let sum = 0;
    if (ring) for (let i = ago; i < ago + steps; i++) sum += ring[(this.step + STEPS - i) % STEPS]!;
    return sum;
  }
}

export interface Pair extends PairOverview {
  /** The last five minutes. */
  readonly now: Count;
  /** The hour before them, as far as this collector has run. */
  readonly usual: Count;
}

/** Of one kind of failure, from the metrics and not from what is kept of it. */
export interface Recent {
  /** Failures a minute over the last five minutes. */
  readonly perMinute: number;
  /** Of the calls of its service and provider in the last five minutes, 0 to 1; absent without a call. */
  readonly share: number | undefined;
  /** Failures in each five minutes of the last hour, the newest last. */
  readonly trend: readonly number[];
}

const ACTIVITIES = new WeakMap<CollectorContext, Activity>();

/** Starts sampling; runs once per collector. */
export function startOverview(ctx: CollectorContext): void {
  ACTIVITIES.set(ctx, new Activity());
  const timer = setInterval(() => ctx.faults.guard('timer', () => sampled(ctx, Date.now())), STEP_MS).unref();
  ctx.onClose(() => clearInterval(timer));
}

function sampled(ctx: CollectorContext, nowMs: number): Activity {
  const activity = ACTIVITIES.get(ctx)!;
  const growth = takeGrowth(ctx.aggregator);
  activity.add(nowMs, growth);
  if (growth.size > 0) storeOf(ctx).raiseTotals((r) => growth.get(keyOf(r)) ?? 0);
  return activity;
}

/** Of the kind that a failure belongs to. */
const keyOf = (r: FailureRecord): string => kindKey(pairKey(r), r.layer, headlineOf(r));

/** Every pair of service and provider: counts, now against usual, latency, head-room. */
export function pairsOf(ctx: CollectorContext, nowMs: number = Date.now()): Pair[] {
  const activity = sampled(ctx, nowMs);
  return overviewOf(ctx.aggregator).map((pair) => {
    const key = pairKey(pair);
    const count = (ago: number, steps: number): Count => ({
      calls: activity.sum(key, ago, steps),
      failed: activity.sum(kindKey(key), ago, steps),
    });
    return { ...pair, now: count(0, NOW + 1), usual: count(NOW + 1, HOUR) };
  });
}

/** Reads how often kinds of failure happen now; undefined for one that was not counted under its own name in the last hour. */
export function recentOf(ctx: CollectorContext, nowMs: number): (r: FailureRecord) => Recent | undefined {
  const activity = sampled(ctx, nowMs);
  const minutes = (NOW * STEP_MS + (nowMs % STEP_MS)) / 60_000;
  return (r) => {
    const key = keyOf(r);
    if (activity.sum(key, 0, STEPS) === 0) return undefined;
    const earlier = Array.from({ length: HOUR / NOW - 1 }, (_, i) => activity.sum(key, HOUR - NOW + 1 - i * NOW, NOW));
    const failed = activity.sum(key, 0, NOW + 1);
    const calls = activity.sum(pairKey(r), 0, NOW + 1);
    return { perMinute: failed / minutes, share: calls > 0 ? failed / calls : undefined, trend: [...earlier, failed] };
  };
}
