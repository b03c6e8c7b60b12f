import type { Aggregator } from '../../src/aggregate/index.ts';
import { METRICS } from '../../src/contract/index.ts';
import type { Scalar } from '../base/failed-span.ts';
import type { SelfMetrics } from '../base/self.ts';
import { type MetricPoint, MetricsReader, readJsonMetrics } from './metric-points.ts';
import type { Encoding, Taken } from './signals.ts';

/** Metric names of OpenTelemetry have dots and no unit; ours are taken either way. */
const plainName = (name: string): string => name.replaceAll('.', '_').replace(/_seconds$/, '');
const GAUGES: ReadonlyMap<string, 'inFlight' | 'oldestInFlight'> = new Map(
  (['inFlight', 'oldestInFlight'] as const).map((key) => [plainName(METRICS[key].name), key]),
);
const OURS = /^api[._]client[._]/;

const text = (value: Scalar | undefined): string => (value === undefined ? '' : String(value));

/**
 * Takes the in-flight gauges out of OTLP metrics. Calls and durations of a service whose spans are counted here are refused: they would count
 * twice. Everything else is counted as dropped, without a complaint, because SDKs send all signals to one endpoint.
 */
export class MetricsIngest {
  private readonly aggregator: Aggregator;
  private readonly self: SelfMetrics;
  private readonly reader = new MetricsReader();

  constructor(aggregator: Aggregator, self: SelfMetrics) {
    this.aggregator = aggregator;
    this.self = self;
  }

  /** Throws Malformed. */
  take(body: Uint8Array, encoding: Encoding): Taken {
    const points = encoding === 'protobuf' ? this.reader.read(body) : readJsonMetrics(body);
    const twice = new Set<string>();
    this.aggregator.beginReport();
    let rejected = 0;
    let dropped = 0;
    for (const point of points) {
      const service = text(point.resource.get('service.name'));
      const gauge = GAUGES.get(plainName(point.name));
      if (gauge !== undefined && point.value >= 0) this.report(gauge, service, point);
      else if (OURS.test(point.name) && this.aggregator.countsSpansOf(service)) {
        rejected++;
        twice.add(service);
      } else dropped++;
    }
    if (dropped > 0) this.self.dropped.inc({ signal: 'metrics' }, dropped);
    if (rejected === 0) return { rejected, message: '' };
    this.self.rejected.inc({ reason: 'counted_from_spans' }, rejected);
    const names = [...twice].slice(0, 5).join(', ');
    return {
      rejected,
      message: `spans of ${names} are counted here; calls and durations as metrics would count twice`,
    };
  }

  private report(metric: 'inFlight' | 'oldestInFlight', service: string, point: MetricPoint): void {
    const { resource, attributes, value } = point;
    const of = (key: string): string => text(attributes.get(key));
    this.aggregator.report(metric, {
      service,
      provider: of('api.provider.name') || of('api_provider_name'),
      phase: of('phase') || of('api.pending.phase'),
      instance:
        text(resource.get('service.instance.id')) ||
        `${text(resource.get('host.name'))} ${text(resource.get('process.pid'))}`,
      value,
    });
  }
}
