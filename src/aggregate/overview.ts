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
  /** Seconds to the first byte of a streamed answer, 95th percentile; absent where none was streamed. */
  readonly firstChunkP95: number | undefined;
  /** Calls that have not ended; absent where no instance reports them. */
  readonly inFlight?: number;
  /** Least share of a rate limit that was left, 0 to 1. */
  readonly rateLimitRemaining?: number;
  /** Since when its first endpoint is deprecated, Unix seconds; 0 where the provider does not say since when. */
  readonly deprecation?: number;
  /** When its first endpoint will be switched off, Unix seconds. */
  readonly sunset?: number;
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

interface PairNames {
  readonly service: string;
  readonly provider: string;
}

/** Of a service and a provider, for a map. */
export const pairKey = ({ service, provider }: PairNames): string => `${service}\0${provider}`;
const CALLS = METRICS.calls.labels;
/** Of a pair's failures, of all or of one kind: the headline is the evidence's `headlineOf`. */
export const kindKey = (pair: string, layer = '', headline = ''): string => `${pair}\0${layer}\0${headline}`;
const at = (name: string): number => CALLS.indexOf(name);
const [SERVICE, PROVIDER, LAYER] = [at('service_name'), at('api_provider_name'), at('api_failure_layer')];
const [CODE, STATUS, REASON] = [at('api_provider_code'), at('http_response_status_code'), at('api_failure_reason')];
const namesAt = (calls: Counter, row: number): PairNames => ({
  service: calls.valueAt(row, SERVICE),
  provider: calls.valueAt(row, PROVIDER),
});

/**
 * What was counted since this was asked before, for one reader: calls by `pairKey`, failures by `kindKey` of the pair alone and of each kind.
 * Cheap enough for a timer: texts are read only of rows that grew.
 */
export function takeGrowth({ families: { calls } }: Aggregator): Map<string, number> {
  const growth = new Map<string, number>();
  for (let row = 0; row < calls.size; row++) {
    const by = calls.takeGrowth(row);
    if (by === 0) continue;
    const add = (key: string): unknown => growth.set(key, (growth.get(key) ?? 0) + by);
    const pair = pairKey(namesAt(calls, row));
    add(pair);
    if (calls.idAt(row, LAYER) === EMPTY_ID) continue;
    const byStatus = Number(calls.valueAt(row, STATUS)) >= 400 ? STATUS : REASON;
    const headline = calls.valueAt(row, calls.idAt(row, CODE) === EMPTY_ID ? byStatus : CODE) || 'unknown';
    add(kindKey(pair));
    add(kindKey(pair, calls.valueAt(row, LAYER), headline));
  }
  return growth;
}

/** Gauges of which a pair has the least. */
const LEAST = ['rateLimitRemaining', 'deprecation', 'sunset'] as const;

type Sums = PairNames &
  Record<'calls' | 'failed', number> &
  Record<'durations' | 'firstChunks', number[]> &
  Partial<Record<'inFlight' | 'certificateEnds' | (typeof LEAST)[number], number>>;

/** Every pair of service and provider with a call, the most failures first. */
export function overviewOf({ families }: Aggregator): PairOverview[] {
  const pairs = new Map<string, Sums>();
  const { calls, tlsExpiry, duration, firstChunk, inFlight, versionFirstSeen } = families;
  for (let row = 0; row < calls.size; row++) {
    const names = namesAt(calls, row);
    const key = pairKey(names);
    const pair = pairs.get(key) ?? { ...names, calls: 0, failed: 0, durations: [], firstChunks: [] };
    pairs.set(key, pair);
    pair.calls += calls.values.array[row]!;
    if (calls.idAt(row, LAYER) !== EMPTY_ID) pair.failed += calls.values.array[row]!;
  }
  // a series that outlives the pair's calls says nothing of it
  const pairOf = (labels: Labels): Sums | undefined =>
    pairs.get(pairKey({ service: labels('service_name'), provider: labels('api_provider_name') }));
  const ends = new Map<string, number>();
  each(tlsExpiry, (labels, row) => ends.set(labels('server_address'), tlsExpiry.values.array[row]!));
  if (ends.size > 0)
    each(calls, (labels) => {
      const end = ends.get(labels('server_address'));
      if (end === undefined) return;
      const pair = pairOf(labels)!;
      pair.certificateEnds = Math.min(pair.certificateEnds ?? end, end);
    });
  const eachOfPair = (family: Family, add: (pair: Sums, row: number) => void): void =>
    each(family, (labels, row) => {
      const pair = pairOf(labels);
      if (pair) add(pair, row);
    });
  eachOfPair(duration, (pair, row) => duration.addCounts(row, pair.durations));
  eachOfPair(firstChunk, (pair, row) => firstChunk.addCounts(row, pair.firstChunks));
  inFlight.refresh();
  eachOfPair(inFlight, (pair, row) => {
    pair.inFlight = (pair.inFlight ?? 0) + inFlight.values.array[row]!;
  });
  for (const key of LEAST)
    eachOfPair(families[key], (pair, row) => {
      const value = families[key].values.array[row]!;
      pair[key] = Math.min(pair[key] ?? value, value);
    });
  const versions = new Map<string, { version: string; firstSeen: number }[]>();
  each(versionFirstSeen, (labels, row) => {
    const service = labels('service_name');
    const seen = versions.get(service) ?? [];
    versions.set(service, seen);
    seen.push({ version: labels('service_version'), firstSeen: versionFirstSeen.values.array[row]! });
  });
  return [...pairs.values()]
    .map(({ durations, firstChunks, ...pair }) => ({
      ...pair,
      p50: quantileOf(duration.bounds, durations, 0.5),
      p95: quantileOf(duration.bounds, durations, 0.95),
      firstChunkP95: quantileOf(firstChunk.bounds, firstChunks, 0.95),
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
