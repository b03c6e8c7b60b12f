import { labelOf, METRICS, type MetricKey, PHASES, STEPS } from '../contract/index.ts';
import { SERIES_BUDGET } from './budgets.ts';
import { COLUMN, COLUMNS, columnsOf } from './columns.ts';
import { Counter, Gauge } from './counter.ts';
import type { Dictionary } from './dictionary.ts';
import type { Clock, Family, LabelSource } from './family.ts';
import { Histogram } from './histogram.ts';
import { InstanceGauge } from './instance-gauge.ts';
import { LastFailure } from './last-failure.ts';

/** The `phase` label's closed values; its ids are positions here. Of an ended call the parts that are timed, of an open one where it is. */
const TIMED: LabelSource = { name: 'phase', values: PHASES };
const OPEN: LabelSource = { name: 'phase', values: ['', ...STEPS] };

/** One family per metric of the contract. */
export function buildFamilies(dictionaries: readonly Dictionary[], clock: Clock, budgets = SERIES_BUDGET) {
  const sources = (key: MetricKey): LabelSource[] => [
    ...columnsOf(METRICS[key].labels).map((c) => ({
      name: labelOf(COLUMNS[c]!.attribute),
      values: dictionaries[c]!.values,
    })),
    ...((METRICS[key].labels as readonly string[]).includes('phase') ? [key === 'phase' ? TIMED : OPEN] : []),
  ];
  /** Here any step of a call, also one that has no duration. */
  const step: LabelSource = { name: 'phase', values: dictionaries[COLUMN.pendingPhase]!.values };
  const counter = (key: MetricKey): Counter => new Counter(METRICS[key], sources(key), budgets[key], clock);
  const gauge = (key: MetricKey): Gauge => new Gauge(METRICS[key], sources(key), budgets[key], clock);
  const histogram = (key: MetricKey): Histogram => new Histogram(METRICS[key], sources(key), budgets[key], clock);
  const instances = (key: MetricKey, combine: (a: number, b: number) => number): InstanceGauge =>
    new InstanceGauge(METRICS[key], sources(key), budgets[key], clock, combine);
  return {
    calls: counter('calls'),
    duration: histogram('duration'),
    phase: histogram('phase'),
    retries: counter('retries'),
    repeatedReads: counter('repeatedReads'),
    retryAfter: histogram('retryAfter'),
    rateLimitRemaining: gauge('rateLimitRemaining'),
    tlsExpiry: gauge('tlsExpiry'),
    deprecation: gauge('deprecation'),
    sunset: gauge('sunset'),
    clockOffset: gauge('clockOffset'),
    serviceInfo: gauge('serviceInfo'),
    versionFirstSeen: gauge('versionFirstSeen'),
    pending: new Counter(METRICS.pending, [...sources('pending').slice(0, -1), step], budgets.pending, clock),
    cancelled: counter('cancelled'),
    firstChunk: histogram('firstChunk'),
    longestGap: histogram('longestGap'),
    websocketEnds: counter('websocketEnds'),
    inFlight: instances('inFlight', (a, b) => a + b),
    oldestInFlight: instances('oldestInFlight', Math.max),
    lastFailure: new LastFailure(METRICS.lastFailure, sources('lastFailure'), budgets.lastFailure, clock),
  } satisfies Record<MetricKey, Family>;
}

export type Families = ReturnType<typeof buildFamilies>;
