import { labelOf, METRICS, type MetricKey, PHASES, STEPS } from '../contract/index.ts';
import { COLUMN, COLUMNS, columnsOf } from './columns.ts';
import { Counter, Gauge, LastFailure } from './counter.ts';
import { ERROR_TYPES } from './derive.ts';
import type { Dictionary } from './dictionary.ts';
import type { Clock, Family, LabelSource } from './family.ts';
import { Histogram } from './histogram.ts';
import { InstanceGauge, OldestGauge } from './instance-gauge.ts';
import type { Budget } from './shares.ts';

/**
 * How each metric of the contract is kept, and how many label sets of it: a floor for each of the services, and a pool. Past its share a service's
 * new set of `calls` is counted with the unbounded labels replaced by `__other__`; sums by class and layer stay right whatever is sent.
 */
const TABLE = {
  calls: { make: Counter, floor: 12, pool: 60_000 },
  duration: { make: Histogram, floor: 3, pool: 16_000 },
  semconv: { make: Histogram, floor: 3, pool: 16_000 },
  phase: { make: Histogram, floor: 4, pool: 18_000 },
  retries: { make: Counter, floor: 2, pool: 4_000 },
  repeatedReads: { make: Counter, floor: 2, pool: 3_000 },
  retryAfter: { make: Histogram, floor: 1, pool: 3_000 },
  rateLimitRemaining: { make: Gauge, floor: 2, pool: 3_000 },
  tlsExpiry: { make: Gauge, floor: 2, pool: 3_000 },
  deprecation: { make: Gauge, floor: 2, pool: 3_000 },
  sunset: { make: Gauge, floor: 2, pool: 3_000 },
  clockOffset: { make: Gauge, floor: 1, pool: 100 },
  serviceInfo: { make: Gauge, floor: 2, pool: 1_000 },
  versionFirstSeen: { make: Gauge, floor: 2, pool: 1_000 },
  pending: { make: Counter, floor: 1, pool: 1_000 },
  cancelled: { make: Counter, floor: 2, pool: 3_000 },
  firstChunk: { make: Histogram, floor: 1, pool: 3_000 },
  longestGap: { make: Histogram, floor: 1, pool: 3_000 },
  websocketEnds: { make: Counter, floor: 1, pool: 1_000 },
  inFlight: { make: InstanceGauge, floor: 2, pool: 3_000 },
  oldestInFlight: { make: OldestGauge, floor: 2, pool: 3_000 },
  lastFailure: { make: LastFailure, floor: 4, pool: 46_000 },
} satisfies Record<MetricKey, Budget & { make: unknown }>;

export type Budgets = Readonly<Record<MetricKey, Budget>>;
export const SERIES_BUDGET: Budgets = TABLE;

/** One family per metric of the contract. */
export type Families = { readonly [K in MetricKey]: InstanceType<(typeof TABLE)[K]['make']> };

export function buildFamilies(dictionaries: readonly Dictionary[], clock: Clock, budgets = SERIES_BUDGET): Families {
  /** The `phase` label: of an ended call the parts that are timed, of an open one where it is, of a pending one any step; ids are positions. */
  const phases = (key: MetricKey): LabelSource['values'] => {
    if (key === 'phase') return PHASES;
    return key === 'pending' ? dictionaries[COLUMN.pendingPhase]!.values : ['', ...STEPS];
  };
  const sources = (key: MetricKey): LabelSource[] => {
    const columns = columnsOf(METRICS[key].labels);
    const labels = columns.map((c) => ({ name: labelOf(COLUMNS[c]!.attribute), values: dictionaries[c]!.values }));
    if (key === 'semconv') return [...labels, { name: 'error_type', values: ERROR_TYPES }];
    return METRICS[key].labels.includes('phase') ? [...labels, { name: 'phase', values: phases(key) }] : labels;
  };
  const families: [string, Family][] = (Object.keys(TABLE) as MetricKey[]).map((key) => [
    key,
    new TABLE[key].make(METRICS[key], sources(key), budgets[key], clock),
  ]);
  return Object.fromEntries(families) as unknown as Families;
}
