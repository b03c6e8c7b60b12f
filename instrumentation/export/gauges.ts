import { writeAttribute } from './attribute.ts';
import { Bytes } from './bytes.ts';

/** opentelemetry-proto metrics/v1/metrics.proto: field numbers shifted by three with the wire type. */
const TAG = {
  metric: 0x12,
  name: 0x0a,
  unit: 0x1a,
  gauge: 0x2a,
  point: 0x0a,
  attribute: 0x3a,
  time: 0x19,
  double: 0x21,
} as const;

interface Point {
  readonly provider: string;
  readonly phase: string;
  readonly count: number;
  readonly oldest: number;
}
interface Names {
  readonly inFlight: { readonly name: string };
  readonly oldestInFlight: { readonly name: string };
}

/** Prometheus' name without its unit, with dots (OpenTelemetry, "Prometheus and OpenMetrics Compatibility"). */
const named = (name: string): string => name.replace(/_seconds$/, '').replace('api_client_', 'api.client.');

/** The two gauges of calls that have not ended, as `metrics` fields of a ScopeMetrics. */
export function gaugesOf({ inFlight, oldestInFlight }: Names, points: readonly Point[], atMs: number): Uint8Array {
  const out = new Bytes(256 + 256 * points.length);
  const write = (name: string, unit: string, value: (point: Point) => number): void => {
    out.reserve(64 + 3 * name.length);
    out.byte(TAG.metric);
    const metric = out.open();
    text(out, TAG.name, name);
    text(out, TAG.unit, unit);
    out.byte(TAG.gauge);
    const gauge = out.open();
    for (const point of points) {
      out.reserve(128 + 3 * (point.provider.length + point.phase.length));
      out.byte(TAG.point);
      const from = out.open();
      out.byte(TAG.time);
      out.nanos(atMs);
      out.byte(TAG.double);
      out.double(value(point));
      writeAttribute(out, TAG.attribute, 'api.provider.name', point.provider);
      writeAttribute(out, TAG.attribute, 'phase', point.phase);
      out.close(from);
    }
    out.close(gauge);
    out.close(metric);
  };
  write(named(inFlight.name), '{call}', ({ count }) => count);
  write(named(oldestInFlight.name), 's', ({ oldest }) => oldest);
  return out.bytes();
}

function text(out: Bytes, tag: number, value: string): void {
  out.byte(tag);
  out.varint(value.length);
  out.ascii(value);
}
