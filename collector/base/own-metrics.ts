import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { type Aggregator, COLUMNS, overflowBy } from '../../src/aggregate/index.ts';
import { labelOf, METRICS, type MetricKey, SELF_METRICS, type SelfMetricKey } from '../../src/contract/index.ts';
import { VERSION } from '../../src/version.ts';
import type { Faults } from './faults.ts';

/** Default metrics whose names `promtool check metrics` objects to. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
  'nodejs_eventloop_utilization_histogram',
  'nodejs_eventloop_utilization_summary',
];

/** Services named as the ones that overflow. */
const SERVICES_NAMED = 50;

const COUNTERS = [
  ...(['requests', 'bytes', 'spans', 'counted', 'ignored', 'rejected', 'dropped', 'wrongProtocol'] as const),
  ...(['connectionsClosed', 'connectionsRefused', 'failedDropped', 'scrapeSeconds', 'scrapes', 'forwarded'] as const),
];

type Values = Iterable<readonly [labelValue: string, value: number]>;

/** A count that costs an addition: one of prom-client finds its value by the text of its labels each time. */
export class Tally {
  /** By the value of its label; '' where it has none. */
  readonly values = new Map<string, number>();

  inc(by = 1, label = ''): void {
    this.values.set(label, (this.values.get(label) ?? 0) + by);
  }
}

/** Builds the contract's self-metrics on a registry: some are counted where something happens, others read when a page is made. */
export class SelfRegistry {
  readonly register = new Registry();

  counter(key: SelfMetricKey): Tally {
    const tally = new Tally();
    if (SELF_METRICS[key].labels.length === 0) tally.inc(0);
    this.readBy(key, () => tally.values);
    return tally;
  }

  /** A metric without labels whose value is asked for by each page. */
  read(key: SelfMetricKey, value: () => number): void {
    this.readBy(key, () => [['', value()]]);
  }

  /** A metric with one label whose values are asked for by each page. */
  readBy(key: SelfMetricKey, values: () => Values): void {
    const [label] = SELF_METRICS[key].labels;
    const each = (add: (labels: Record<string, string>, value: number) => void): void => {
      for (const [name, value] of values()) add(label === undefined ? {} : { [label]: name }, value);
    };
    if (SELF_METRICS[key].type === 'gauge')
      new Gauge({
        ...this.options(key),
        collect() {
          each((labels, value) => this.set(labels, value));
        },
      });
    else
      new Counter({
        ...this.options(key),
        collect() {
          this.reset();
          each((labels, value) => this.inc(labels, value));
        },
      });
  }

  options(key: SelfMetricKey) {
    const { name, help, labels } = SELF_METRICS[key];
    return { name, help, labelNames: [...labels], registers: [this.register] };
  }
}

/** What the collector says about itself. */
export function selfMetrics(aggregator: Aggregator, faults?: Faults) {
  const made = new SelfRegistry();
  collectDefaultMetrics({ register: made.register });
  for (const name of MISNAMED) made.register.removeSingleMetric(name);
  new Gauge(made.options('buildInfo')).set({ version: VERSION, node_version: process.version }, 1);
  if (faults) made.readBy('faults', () => Object.entries(faults.counts));
  made.readBy('labelOverflow', () =>
    aggregator.dictionaries.map((d, i) => [labelOf(COLUMNS[i]!.attribute), d.overflowed]),
  );
  made.readBy('seriesOverflow', () =>
    (Object.keys(METRICS) as MetricKey[]).map((key) => [METRICS[key].name, aggregator.links.overflowed[key]]),
  );
  made.readBy('overflowBy', () => overflowBy(aggregator, SERVICES_NAMED));
  made.readBy('durationsRefused', () => Object.entries(aggregator.refusedDurations));
  made.readBy('evicted', () => [['idle', aggregator.evicted]]);
  made.read('series', () => aggregator.all().reduce((sum, f) => sum + f.size, 0));
  const counters = Object.fromEntries(COUNTERS.map((key) => [key, made.counter(key)]));
  return { register: made.register, made, ...(counters as Record<(typeof COUNTERS)[number], Tally>) };
}

export type SelfMetrics = ReturnType<typeof selfMetrics>;
