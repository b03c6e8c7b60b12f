import { labelOf, METRICS, type MetricKey, PHASES } from '../contract/index.ts';
import { SERIES_BUDGET } from './budgets.ts';
import { COLUMN, COLUMNS, columnsOf } from './columns.ts';
import { Counter, Gauge } from './counter.ts';
import type { Dictionary } from './dictionary.ts';
import type { Clock, Family, LabelSource } from './family.ts';
import { Histogram } from './histogram.ts';
import { LastFailure } from './last-failure.ts';

/** The `phase` label's closed values; its ids are positions here. */
const PHASE: LabelSource = { name: 'phase', values: PHASES };

/** One family per metric of the contract. */
export function buildFamilies(dictionaries: readonly Dictionary[], clock: Clock, budgets = SERIES_BUDGET) {
  const sources = (key: MetricKey): LabelSource[] => [
    ...columnsOf(METRICS[key].labels).map((c) => ({
      name: labelOf(COLUMNS[c]!.attribute),
      values: dictionaries[c]!.values,
    })),
    ...((METRICS[key].labels as readonly string[]).includes('phase') ? [PHASE] : []),
  ];
  /** Here any step of a call, also one that has no duration. */
  const step: LabelSource = { name: 'phase', values: dictionaries[COLUMN.pendingPhase]!.values };
  const counter = (key: MetricKey): Counter => new Counter(METRICS[key], sources(key), budgets[key], clock);
  const gauge = (key: MetricKey): Gauge => new Gauge(METRICS[key], sources(key), budgets[key], clock);
  const histogram = (key: MetricKey): Histogram => new Histogram(METRICS[key], sources(key), budgets[key], clock);
  return {
    calls: counter('calls'),
    duration: histogram('duration'),
    phase: histogram('phase'),
    retries: counter('retries'),
    repeatedReads: counter('repeatedReads'),
    retryAfter: histogram('retryAfter'),
    rateLimitRemaining: gauge('rateLimitRemaining'),
    tlsExpiry: gauge('tlsExpiry'),
    clockOffset: gauge('clockOffset'),
    serviceInfo: gauge('serviceInfo'),
    versionFirstSeen: gauge('versionFirstSeen'),
    pending: new Counter(METRICS.pending, [...sources('pending').slice(0, -1), step], budgets.pending, clock),
    lastFailure: new LastFailure(METRICS.lastFailure, sources('lastFailure'), budgets.lastFailure, clock),
  } satisfies Record<MetricKey, Family>;
}

export type Families = ReturnType<typeof buildFamilies>;
