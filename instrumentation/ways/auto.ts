import { beside } from '../base/side-map.ts';
import type { Call } from '../capture/types.ts';
import type { CallSink } from '../judge/types.ts';
import { registeredProvider } from '../span/context.ts';
import type { AdoptedSpans } from './adopted.ts';
import { sentryClient, sentryTraces } from './sentry.ts';

/** Who traces in this process beside us: nobody, an OpenTelemetry SDK, or Sentry, whose spans are not made through a provider. */
type Tracing = 'nobody' | 'opentelemetry' | 'sentry';

/**
 * Asked anew for every call: an SDK may be started at any time. Sentry that only reports errors does not trace, though its versions 8 to 10 register
 * a provider all the same.
 */
function applicationTracing(): Tracing {
  const registered = registeredProvider();
  const client = sentryClient();
  if (client === undefined) return registered === undefined ? 'nobody' : 'opentelemetry';
  if (sentryTraces(client)) return 'sentry';
  return registered === undefined || registered === client.traceProvider ? 'nobody' : 'opentelemetry';
}

/**
 * Per call: the span that an instrumentation has made for it is adopted; where the application traces but no instrumentation made one, it is made
 * through the application's provider; where nobody traces, it is ours.
 */
export function createAutoSpans(own: CallSink, adopted: AdoptedSpans, through: CallSink): CallSink {
  const sinks = beside<Call, CallSink>();
  const sinkOf = (call: Call): CallSink => {
    const tracing = applicationTracing();
    if (tracing === 'nobody') return own;
    return tracing === 'sentry' || adopted.isMade(call) ? adopted : through;
  };
  return {
    opening: () => adopted.opening?.(),
    opened: () => adopted.opened?.(),
    start(call) {
      const sink = sinkOf(call);
      sinks.set(call, sink);
      return sink.start(call);
    },
    noted: (call) => sinks.get(call)?.noted?.(call),
    waits: (call) => sinks.get(call)?.waits?.(call),
    pending: (call) => sinks.get(call)?.pending?.(call),
    socketEnded: (call, handshake, code) =>
      (handshake ? sinks.get(handshake) : sinkOf(call))?.socketEnded?.(call, handshake, code),
    end: (call, outcome) => sinks.get(call)?.end(call, outcome),
  };
}
