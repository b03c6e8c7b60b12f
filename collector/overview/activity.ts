import type { Count } from '../../src/aggregate/index.ts';

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
