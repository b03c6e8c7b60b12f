import { registeredProvider } from '../span/context.ts';
import { sentryClient, sentryTraces } from './sentry.ts';

/** Who traces in this process beside us: nobody, an OpenTelemetry SDK, or Sentry, whose spans are not made through a provider. */
export type Tracing = 'nobody' | 'opentelemetry' | 'sentry';

/**
 * Asked anew for every call: an SDK may be started at any time. Sentry that only reports errors does not trace, though its versions 8 to 10 register
 * a provider all the same.
 */
export function applicationTracing(): Tracing {
  const registered = registeredProvider();
  const client = sentryClient();
  if (client === undefined) return registered === undefined ? 'nobody' : 'opentelemetry';
  if (sentryTraces(client)) return 'sentry';
  return registered === undefined || registered === client.traceProvider ? 'nobody' : 'opentelemetry';
}
