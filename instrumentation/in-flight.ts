import type { Config } from '../src/config.ts';
import { METRICS, type Phase } from '../src/contract/index.ts';
import { providerOf } from './attributes/common.ts';
import type { Reader } from './base/environment.ts';
import type { Log } from './base/log.ts';
import { now } from './base/now.ts';
import type { Capture } from './capture/index.ts';
import { Bytes } from './export/bytes.ts';
import { endpointOf } from './export/endpoint.ts';
import { requestOf, writeAttribute } from './export/otlp.ts';
import { createTransport } from './export/transport.ts';
import { resourceOf } from './output/resource.ts';

/** Calls that have not ended, of one provider in one phase. */
export interface InFlight {
  readonly provider: string;
  readonly phase: Phase;
  readonly count: number;
  /** Age of the oldest, seconds. */
  readonly oldest: number;
}

/** What hangs, and where: for gauges, so only as often as somebody asks. */
export function inFlightOf(capture: Capture, config: Config): InFlight[] {
  const groups = new Map<string, InFlight>();
  const at = now();
  capture.eachOpen((call) => {
    const provider = providerOf(call, config);
    const phase = call.phase();
    const key = `${phase} ${provider}`;
    const { count = 0, oldest = 0 } = groups.get(key) ?? {};
    groups.set(key, { provider, phase, count: count + 1, oldest: Math.max(oldest, (at - call.startMs) / 1000) });
  });
  return [...groups.values()];
}

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
/** Prometheus' name without its unit, with dots (OpenTelemetry, "Prometheus and OpenMetrics Compatibility"). */
const named = (name: string): string => name.replace(/_seconds$/, '').replace('api_client_', 'api.client.');
const GAUGES = [
  { name: named(METRICS.inFlight.name), unit: '{call}', of: ({ count }: InFlight) => count },
  { name: named(METRICS.oldestInFlight.name), unit: 's', of: ({ oldest }: InFlight) => oldest },
];

/** As `metrics` fields of a ScopeMetrics. */
function gaugesOf(points: Iterable<InFlight>, atMs: number): Uint8Array {
  const out = new Bytes();
  for (const { name, unit, of } of GAUGES) {
    const metric = out.open(TAG.metric);
    out.text(TAG.name, name);
    out.text(TAG.unit, unit);
    const gauge = out.open(TAG.gauge);
    for (const point of points) {
      const from = out.open(TAG.point);
      out.byte(TAG.time);
      out.nanos(atMs);
      out.byte(TAG.double);
      out.double(of(point));
      writeAttribute(out, TAG.attribute, 'api.provider.name', point.provider);
      writeAttribute(out, TAG.attribute, 'phase', point.phase);
      out.close(from);
    }
    out.close(gauge);
    out.close(metric);
  }
  return out.written;
}

/** Pairs of provider and phase that are remembered, so that each is told as zero once its calls have ended. */
const MAX = 512;

/**
 * `OTEL_METRICS_EXPORTER=otlp`: sends the two gauges every `OTEL_METRIC_EXPORT_INTERVAL` (60 s) to where the metrics variables say. A sample that
 * does not arrive is not sent again: the next one is newer.
 */
export function exportInFlight(read: () => readonly InFlight[], reader: Reader, log: Log): (() => void) | undefined {
  if (!reader.list('OTEL_METRICS_EXPORTER')?.includes('otlp')) return undefined;
  const stated = endpointOf(reader, 'metrics');
  const endpoint = { ...stated, protocol: stated.protocol === 'grpc' ? ('grpc' as const) : ('http/protobuf' as const) };
  const transport = createTransport(endpoint);
  const resource = new Map(resourceOf(reader));
  // without it two processes would take turns in one series
  if (!resource.has('service.instance.id')) resource.set('service.instance.id', crypto.randomUUID());
  const known = new Map<string, InFlight>();
  const send = async (): Promise<void> => {
    for (const [key, { provider, phase }] of known) known.set(key, { provider, phase, count: 0, oldest: 0 });
    for (const one of read()) if (known.size < MAX) known.set(`${one.phase} ${one.provider}`, one);
    if (known.size === 0) return;
    const verdict = await transport.post(requestOf(resource, gaugesOf([...known.values()], Date.now())));
    if (verdict.kind !== 'ok')
      log.warnOnce('metrics', `metrics cannot be sent to ${endpoint.url.origin} (${verdict.why}); said once`);
  };
  const timer = setInterval(send, reader.integer('OTEL_METRIC_EXPORT_INTERVAL', 60_000, 1)).unref();
  return () => {
    clearInterval(timer);
    transport.close();
  };
}
