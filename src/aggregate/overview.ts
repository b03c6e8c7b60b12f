import { METRICS, type MetricKey } from '../contract/index.ts';
import type { Aggregator } from './aggregator.ts';
import type { Family } from './family.ts';

/** What the metrics say of one service and provider since the collector's start. */
export interface PairOverview {
  readonly service: string;
  readonly provider: string;
  readonly calls: number;
  readonly failed: number;
  /** Seconds, from the histogram's buckets; absent without a call. */
  readonly p50?: number;
  readonly p95?: number;
  /** Least share of a rate limit that was left, 0 to 1. */
  readonly rateLimitRemaining?: number;
  /** The earliest end of a certificate of its hosts, Unix seconds. */
  readonly certificateEnds?: number;
  /** Versions of the service and when each was first seen, Unix seconds, oldest first. */
  readonly versions: readonly { readonly version: string; readonly firstSeen: number }[];
}

interface Sums {
  calls: number;
  failed: number;
  readonly buckets: number[];
  rateLimitRemaining?: number;
  certificateEnds?: number;
}

/** Every pair of service and provider with a call, the most failures first. */
export function overviewOf({ families }: Aggregator): PairOverview[] {
  const pairs = new Map<string, Sums & { service: string; provider: string }>();
  const pairOf = (labels: Labels) => {
    const [service, provider] = [labels('service_name'), labels('api_provider_name')];
    const key = `${service}\0${provider}`;
    const known = pairs.get(key) ?? { service, provider, calls: 0, failed: 0, buckets: [] };
    pairs.set(key, known);
    return known;
  };
  const ends = new Map<string, number>();
  each('tlsExpiry', families.tlsExpiry, (labels, row) =>
    ends.set(labels('server_address'), families.tlsExpiry.values[row]!),
  );
  each('calls', families.calls, (labels, row) => {
    const pair = pairOf(labels);
    const calls = families.calls.values[row]!;
    pair.calls += calls;
    if (labels('api_failure_layer') !== '') pair.failed += calls;
    const end = ends.get(labels('server_address'));
    if (end !== undefined) pair.certificateEnds = Math.min(pair.certificateEnds ?? end, end);
  });
  each('duration', families.duration, (labels, row) => families.duration.addCounts(row, pairOf(labels).buckets));
  each('rateLimitRemaining', families.rateLimitRemaining, (labels, row) => {
    const left = families.rateLimitRemaining.values[row]!;
    const pair = pairOf(labels);
    pair.rateLimitRemaining = Math.min(pair.rateLimitRemaining ?? left, left);
  });
  const versions = new Map<string, { version: string; firstSeen: number }[]>();
  each('versionFirstSeen', families.versionFirstSeen, (labels, row) => {
    const service = labels('service_name');
    const seen = versions.get(service) ?? [];
    versions.set(service, seen);
    seen.push({ version: labels('service_version'), firstSeen: families.versionFirstSeen.values[row]! });
  });
  const quantile = (buckets: readonly number[], q: number) => quantileOf(families.duration.bounds, buckets, q);
  return [...pairs.values()]
    .map(({ buckets, ...pair }): PairOverview => {
      const [p50, p95] = [quantile(buckets, 0.5), quantile(buckets, 0.95)];
      return {
        ...pair,
        ...(p50 === undefined ? {} : { p50 }),
        ...(p95 === undefined ? {} : { p95 }),
        versions: (versions.get(pair.service) ?? []).toSorted((a, b) => a.firstSeen - b.firstSeen),
      };
    })
    .sort((a, b) => b.failed - a.failed || b.calls - a.calls);
}

type Labels = (name: string) => string;

/** Calls `look` with each row of a family and a reader of its labels by their Prometheus names. */
function each(key: MetricKey, family: Family, look: (labels: Labels, row: number) => void): void {
  const names = METRICS[key].labels;
  for (let row = 0; row < family.size; row++) {
    const values = family.valuesOf(row);
    look((name) => values[names.indexOf(name)] ?? '', row);
  }
}

/** The value below which the share `q` of the observations lies, linear within a bucket; the last bound for those beyond it. */
export function quantileOf(bounds: readonly number[], counts: readonly number[], q: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let before = 0;
  for (const [i, bound] of bounds.entries()) {
    const count = counts[i] ?? 0;
    if (before + count >= total * q && count > 0) {
      const low = i === 0 ? 0 : bounds[i - 1]!;
      return low + ((bound - low) * (total * q - before)) / count;
    }
    before += count;
  }
  return bounds.at(-1);
}
