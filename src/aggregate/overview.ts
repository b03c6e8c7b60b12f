import { METRICS } from '../contract/index.ts';
import type { Aggregator } from './aggregator.ts';
import { COLUMN } from './columns.ts';
import type { Counter } from './counter.ts';
import { EMPTY_ID } from './dictionary.ts';
import type { Family } from './family.ts';

/** What the metrics say of one service and provider since the collector's start. */
export interface PairOverview {
  readonly service: string;
  readonly provider: string;
  readonly calls: number;
  readonly failed: number;
  /** Seconds, from the histogram's buckets; absent without a call. */
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  /** Least share of a rate limit that was left, 0 to 1. */
  readonly rateLimitRemaining?: number;
  /** The earliest end of a certificate of its hosts, Unix seconds. */
  readonly certificateEnds?: number;
  /** Versions of the service and when each was first seen, Unix seconds, oldest first. */
  readonly versions: readonly { readonly version: string; readonly firstSeen: number }[];
}

/** Calls and failures of one service and provider. */
export interface Count {
  readonly calls: number;
  readonly failed: number;
}

interface Pair {
  readonly service: string;
  readonly provider: string;
  calls: number;
  failed: number;
}

/** Of a service and a provider, for a map. */
export const pairKey = ({ service, provider }: { readonly service: string; readonly provider: string }): string =>
  `${service}\0${provider}`;
const CALLS = METRICS.calls.labels;
const [SERVICE, PROVIDER, LAYER] = ['service_name', 'api_provider_name', 'api_failure_layer'].map((name) =>
  CALLS.indexOf(name),
) as [number, number, number];
/** More label ids than any budget has. */
const IDS = 2 ** 24;

/** Calls and failures of every pair since the start, by a key of the pair. Cheap enough for a timer: texts are read once a pair, not once a row. */
export function countsOf({ families: { calls } }: Aggregator): Map<string, Readonly<Pair>> {
  return new Map(pairsOf(calls).map((pair) => [pairKey(pair), pair]));
}

function pairsOf(calls: Counter): Pair[] {
  const pairs = new Map<number, Pair>();
  for (let row = 0; row < calls.size; row++) {
    const id = calls.idAt(row, SERVICE) * IDS + calls.idAt(row, PROVIDER);
    let pair = pairs.get(id);
    if (pair === undefined) {
      pair = { service: calls.valueAt(row, SERVICE), provider: calls.valueAt(row, PROVIDER), calls: 0, failed: 0 };
      pairs.set(id, pair);
    }
    const counted = calls.values.array[row]!;
    pair.calls += counted;
    if (calls.idAt(row, LAYER) !== EMPTY_ID) pair.failed += counted;
  }
  return [...pairs.values()];
}

interface Sums extends Pair {
  readonly buckets: number[];
  rateLimitRemaining?: number;
  certificateEnds?: number;
}

/** Every pair of service and provider with a call, the most failures first. */
export function overviewOf({ families }: Aggregator): PairOverview[] {
  const pairs = new Map<string, Sums>(pairsOf(families.calls).map((pair) => [pairKey(pair), { ...pair, buckets: [] }]));
  // a series that outlives the pair's calls says nothing of it
  const pairOf = (labels: Labels): Sums | undefined =>
    pairs.get(pairKey({ service: labels('service_name'), provider: labels('api_provider_name') }));
  const ends = new Map<string, number>();
  const { tlsExpiry, duration, rateLimitRemaining, versionFirstSeen } = families;
  each(tlsExpiry, (labels, row) => ends.set(labels('server_address'), tlsExpiry.values.array[row]!));
  if (ends.size > 0)
    each(families.calls, (labels) => {
      const end = ends.get(labels('server_address'));
      if (end === undefined) return;
      const pair = pairOf(labels)!;
      pair.certificateEnds = Math.min(pair.certificateEnds ?? end, end);
    });
  each(duration, (labels, row) => {
    const pair = pairOf(labels);
    if (pair) duration.addCounts(row, pair.buckets);
  });
  each(rateLimitRemaining, (labels, row) => {
    const left = rateLimitRemaining.values.array[row]!;
    const pair = pairOf(labels);
    if (pair) pair.rateLimitRemaining = Math.min(pair.rateLimitRemaining ?? left, left);
  });
  const versions = new Map<string, { version: string; firstSeen: number }[]>();
  each(versionFirstSeen, (labels, row) => {
    const service = labels('service_name');
    const seen = versions.get(service) ?? [];
    versions.set(service, seen);
    seen.push({ version: labels('service_version'), firstSeen: versionFirstSeen.values.array[row]! });
  });
  const quantile = (buckets: readonly number[], q: number) => quantileOf(duration.bounds, buckets, q);
  return [...pairs.values()]
    .map(({ buckets, ...pair }) => ({
      ...pair,
      p50: quantile(buckets, 0.5),
      p95: quantile(buckets, 0.95),
      versions: (versions.get(pair.service) ?? []).toSorted((a, b) => a.firstSeen - b.firstSeen),
    }))
    .sort((a, b) => b.failed - a.failed || b.calls - a.calls);
}

type Labels = (name: string) => string;

/** Calls `look` with each row of a family and a reader of its labels by their Prometheus names. */
function each(family: Family, look: (labels: Labels, row: number) => void): void {
  const names = family.metric.labels;
  for (let row = 0; row < family.size; row++) look((name) => family.valueAt(row, names.indexOf(name)), row);
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

/** What overflowed by whose it was: of `most` services, the largest first. */
export function overflowBy(aggregator: Aggregator, most: number): [service: string, overflowed: number][] {
  const sums = new Map<number, number>();
  const counts = [...aggregator.dictionaries.map((d) => d.overflowedBy), ...aggregator.all().map((f) => f.refusedBy)];
  for (const of of counts) for (const [owner, count] of of) sums.set(owner, (sums.get(owner) ?? 0) + count);
  const { values } = aggregator.dictionaries[COLUMN.service]!;
  return [...sums]
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([owner, count]) => [values[owner] ?? '', count]);
}
