import { type Count, countsOf, overviewOf, type PairOverview, pairKey } from '../src/aggregate/index.ts';
import type { CollectorContext } from './base/context.ts';

interface Sample {
  readonly atMs: number;
  readonly counts: ReadonlyMap<string, Count>;
}

/** Samples kept: an hour and a little at one in 30 s. */
const SAMPLES = 125;
/** Pairs in one sample; a fleet has thousands, and each costs some hundred bytes a sample. */
const PAIRS = 5000;
const NONE: Count = { calls: 0, failed: 0 };

/** The last hour of cumulative counts, so that "now" can be told from "usual" without a Prometheus. */
export class Activity {
  private readonly samples: Sample[] = [];

  /** Remembers the counts of this moment. */
  sample(atMs: number, counts: ReadonlyMap<string, Count>): void {
    this.samples.push({ atMs, counts: counts.size <= PAIRS ? counts : new Map([...counts].slice(0, PAIRS)) });
    if (this.samples.length > SAMPLES) this.samples.shift();
  }

  /** What was counted for `key` between `fromMs` and `toMs` (now where absent), as far as samples reach. */
  between(key: string, now: Count, fromMs: number, toMs?: number): Count {
    const end = toMs === undefined ? now : this.at(key, toMs);
    const start = this.at(key, fromMs);
    // A series that was idle for long starts again at zero.
    return { calls: Math.max(0, end.calls - start.calls), failed: Math.max(0, end.failed - start.failed) };
  }

  private at(key: string, atMs: number): Count {
    const sample = this.samples.findLast((s) => s.atMs <= atMs);
    return sample?.counts.get(key) ?? NONE;
  }
}

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
