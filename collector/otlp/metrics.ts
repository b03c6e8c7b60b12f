import type { Aggregator } from '../../src/aggregate/index.ts';
import { METRICS } from '../../src/contract/index.ts';
import type { Scalar } from '../base/failed-span.ts';
import type { SelfMetrics } from '../base/own-metrics.ts';
import { attributesOf, type JsonObject, lists, objectOf } from './messages.ts';
import type { Encoding, Taken } from './signals.ts';

/** One number of a gauge or a sum; of other kinds only that there was one. */
interface MetricPoint {
  readonly name: string;
  readonly resource: Map<string, Scalar>;
  readonly attributes: Map<string, Scalar>;
  /** NaN where the point is no plain number. */
  readonly value: number;
}

/** The kinds of data, of which the first two hold plain numbers. */
const KINDS = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'];

/** The data points of an ExportMetricsServiceRequest. */
function pointsOf(request: JsonObject): MetricPoint[] {
  return lists(request, 'resourceMetrics').flatMap((resourceMetrics) => {
    const resource = attributesOf(resourceMetrics['resource']);
    const metrics = lists(resourceMetrics, 'scopeMetrics').flatMap((scope) => lists(scope, 'metrics'));
    return metrics.flatMap((metric) =>
      KINDS.flatMap((kind, i) =>
        lists(metric[kind], 'dataPoints').map((point) => ({
          name: String(metric['name'] ?? ''),
          resource,
          attributes: attributesOf(point),
          value: i < 2 ? Number(point['asDouble'] ?? point['asInt']) : Number.NaN,
        })),
      ),
    );
  });
}

/** How many log records an ExportLogsServiceRequest holds; they are counted and dropped. Throws Malformed. */
export function countLogs(body: Uint8Array, encoding: Encoding): number {
  return lists(objectOf('logs', body, encoding), 'resourceLogs')
    .flatMap((resource) => lists(resource, 'scopeLogs'))
    .reduce((sum, scope) => sum + lists(scope, 'logRecords').length, 0);
}

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
export function createMetricsIngest(aggregator: Aggregator, self: SelfMetrics) {
  /** Throws Malformed. */
  const take = (body: Uint8Array, encoding: Encoding): Taken => {
    const points = pointsOf(objectOf('metrics', body, encoding));
    const twice = new Set<string>();
    aggregator.beginReport();
    let rejected = 0;
    let dropped = 0;
    for (const point of points) {
      const service = text(point.resource.get('service.name'));
      const gauge = GAUGES.get(plainName(point.name));
      if (gauge !== undefined && point.value >= 0) aggregator.report(gauge, reportOf(service, point));
      else if (OURS.test(point.name) && aggregator.countsSpansOf(service)) {
        rejected++;
        twice.add(service);
      } else dropped++;
    }
    if (dropped > 0) self.dropped.inc(dropped, 'metrics');
    if (rejected === 0) return { rejected, message: '' };
    self.rejected.inc(rejected, 'counted_from_spans');
    const names = [...twice].slice(0, 5).join(', ');
    return {
      rejected,
      message: `spans of ${names} are counted here; calls and durations as metrics would count twice`,
    };
  };
  return { take };
}
export type MetricsIngest = ReturnType<typeof createMetricsIngest>;

function reportOf(service: string, { resource, attributes, value }: MetricPoint) {
  const of = (key: string): string => text(attributes.get(key));
  return {
    service,
    provider: of('api.provider.name') || of('api_provider_name'),
    phase: of('phase') || of('api.pending.phase'),
    instance:
      text(resource.get('service.instance.id')) ||
      `${text(resource.get('host.name'))} ${text(resource.get('process.pid'))}`,
    value,
  };
}
