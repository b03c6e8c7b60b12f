import type { Guard } from './base/guard.ts';
import type { InFlight } from './in-flight.ts';
import type { MetricsPort } from './metrics-port.ts';
import type { SpanListener, SpanRecord } from './span/record.ts';

/** Calls that end before the port's code is loaded wait here; loading takes some tens of milliseconds. */
const WAITING = 1024;

/** `FAULTLAYER_METRICS_PORT`: every finished call is counted in this process. The code is loaded only when the variable is set. */
export function metricsListener(
  port: number,
  resource: Readonly<Record<string, unknown>>,
  onProblem: (sentence: string) => void,
  guard: Guard,
  inFlight: () => readonly InFlight[] = () => [],
) {
  let open: MetricsPort | undefined;
  let stopped = false;
  let waiting: SpanRecord[] = [];
  const count = (to: MetricsPort, span: SpanRecord): void =>
    guard.run(
      'metrics port',
      () => to.observe(span.attributes, resource, (span.endMs - span.startMs) / 1000, span),
      undefined,
    );
  const ready = import('./metrics-port.ts')
    .then(({ start }) => {
      if (stopped) return undefined;
      open = start(port, onProblem, inFlight, guard.faults, resource);
      for (const span of waiting) count(open, span);
      waiting = [];
      return open.ready;
    })
    // also what opening the port throws at once: Node's permission model does
    .catch((error: Error) => {
      onProblem(`FAULTLAYER_METRICS_PORT: ${error.message}`);
      return undefined;
    });
  return {
    listener: ((span) => {
      if (open) count(open, span);
      else if (waiting.length < WAITING) waiting.push(span);
    }) satisfies SpanListener,
    /** Where the metrics are; undefined when the port could not be opened. */
    ready,
    stop() {
      stopped = true;
      open?.stop();
    },
  };
}
