import type { Scalar } from '../base/failed-span.ts';
import { type JsonObject, lists, parseObject } from './json-objects.ts';
import { MessageReader } from './protobuf-reader.ts';

/** One number of a gauge or a sum; of other kinds only that there was one. */
export interface MetricPoint {
  readonly name: string;
  readonly resource: Map<string, Scalar>;
  readonly attributes: Map<string, Scalar>;
  /** NaN where the point is no plain number. */
  readonly value: number;
}

/** opentelemetry/proto/metrics/v1/metrics.proto: the kinds of data, of which gauge and sum hold plain numbers. */
const GAUGE = 0x2a;
const SUM = 0x3a;
const KINDS = new Set([GAUGE, SUM, 0x4a, 0x52, 0x5a]);

/** Reads the data points of an ExportMetricsServiceRequest. */
export class MetricsReader extends MessageReader {
  read(body: Uint8Array): MetricPoint[] {
    this.open(body);
    const points: MetricPoint[] = [];
    this.fields(0, body.length, (tag, from, to) => {
      if (tag === 0x0a) this.resourceMetrics(from, to, points);
    });
    return points;
  }

  private resourceMetrics(start: number, end: number, into: MetricPoint[]): void {
    // The same map for all points: the resource may follow them.
    const resource = new Map<string, Scalar>();
    this.fields(start, end, (tag, from, to) => {
      if (tag === 0x0a) this.fields(from, to, (t, f, e) => t === 0x0a && this.keyValue(f, e, resource));
      else if (tag === 0x12)
        this.fields(from, to, (t, f, e) => {
          if (t === 0x12) this.metric(f, e, resource, into);
        });
    });
  }

  private metric(start: number, end: number, resource: Map<string, Scalar>, into: MetricPoint[]): void {
    let name = '';
    this.fields(start, end, (tag, from, to) => {
      if (tag === 0x0a) name = this.text(from, to);
    });
    this.fields(start, end, (tag, from, to) => {
      if (!KINDS.has(tag)) return;
      this.fields(from, to, (t, f, e) => {
        if (t === 0x0a) into.push(this.point(f, e, name, resource, tag === GAUGE || tag === SUM));
      });
    });
  }

  private point(start: number, end: number, name: string, resource: Map<string, Scalar>, plain: boolean): MetricPoint {
    const attributes = new Map<string, Scalar>();
    let value = Number.NaN;
    if (plain)
      this.fields(start, end, (tag, from, to) => {
        if (tag === 0x3a) this.keyValue(from, to, attributes);
        else if (tag === 0x21) value = this.view.getFloat64(from, true);
        else if (tag === 0x31) value = Number(this.view.getBigInt64(from, true));
      });
    return { name, resource, attributes, value };
  }
}

/** The kinds of data; gauge and sum hold plain numbers. */
const JSON_KINDS = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'];

/** Reads the data points of an OTLP/JSON ExportMetricsServiceRequest. Throws Malformed. */
export function readJsonMetrics(body: Uint8Array): MetricPoint[] {
  return lists(parseObject(body), 'resourceMetrics').flatMap((resourceMetrics) => {
    const resource = attributesOf(resourceMetrics['resource'] as JsonObject | undefined);
    return lists(resourceMetrics, 'scopeMetrics')
      .flatMap((scope) => lists(scope, 'metrics'))
      .flatMap((metric) =>
        JSON_KINDS.flatMap((kind) =>
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
