import { METRICS } from '../src/contract/index.ts';
import type { InFlight } from './attributes/in-flight.ts';
import type { Reader } from './base/environment.ts';
import type { Log } from './base/log.ts';
import { endpointOf } from './export/endpoint.ts';
import { createEnvelope } from './export/envelope.ts';
import { gaugesOf } from './export/gauges.ts';
import { createTransport } from './export/transport.ts';
import { resourceOf } from './output/resource.ts';

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
  const envelope = createEnvelope(resource);
  const known = new Map<string, InFlight>();
  const send = async (): Promise<void> => {
    for (const [key, { provider, phase }] of known) known.set(key, { provider, phase, count: 0, oldest: 0 });
    for (const one of read()) if (known.size < MAX) known.set(`${one.phase} ${one.provider}`, one);
    if (known.size === 0) return;
    const verdict = await transport.post(envelope(gaugesOf(METRICS, [...known.values()], Date.now())));
    if (verdict.kind !== 'ok')
      log.warnOnce('metrics', `metrics cannot be sent to ${endpoint.url.origin} (${verdict.why}); said once`);
  };
  const timer = setInterval(send, reader.integer('OTEL_METRIC_EXPORT_INTERVAL', 60_000, 1)).unref();
  return () => {
    clearInterval(timer);
    transport.close();
  };
}
