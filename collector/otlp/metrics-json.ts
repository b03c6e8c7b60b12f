import type { Scalar } from '../base/failed-span.ts';
import { type JsonObject, lists, parseObject } from './json-objects.ts';
import type { MetricPoint } from './metric-point.ts';

/** The kinds of data; gauge and sum hold plain numbers. */
const KINDS = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'];

/** Reads the data points of an OTLP/JSON ExportMetricsServiceRequest. Throws Malformed. */
export function readJsonMetrics(body: Uint8Array): MetricPoint[] {
  return lists(parseObject(body), 'resourceMetrics').flatMap((resourceMetrics) => {
    const resource = attributesOf(resourceMetrics['resource'] as JsonObject | undefined);
    return lists(resourceMetrics, 'scopeMetrics')
      .flatMap((scope) => lists(scope, 'metrics'))
      .flatMap((metric) =>
        KINDS.flatMap((kind) =>
          lists(metric[kind], 'dataPoints').map((point) => ({
            name: String(metric['name'] ?? ''),
            resource,
            attributes: attributesOf(point),
            value: kind === 'gauge' || kind === 'sum' ? Number(point['asDouble'] ?? point['asInt']) : Number.NaN,
          })),
        ),
      );
  });
}

function attributesOf(owner: JsonObject | undefined): Map<string, Scalar> {
  const found = new Map<string, Scalar>();
  for (const { key, value } of lists(owner, 'attributes')) {
    const { stringValue, intValue, doubleValue, boolValue } = (value ?? {}) as Record<string, Scalar | undefined>;
    const scalar = stringValue ?? boolValue ?? doubleValue ?? (intValue === undefined ? undefined : Number(intValue));
    if (scalar !== undefined) found.set(String(key), scalar);
  }
  return found;
}
