/** What is read of a request to tell whether it is telemetry's own. */
export interface Request {
  readonly method: string;
  /** With the query; the whole URL through a proxy. */
  readonly path: string;
  requestHeader(name: string): string | undefined;
}

/** Any of them may be telemetry: looked at first, because it costs least. */
const PATHS =
  /\/(?:v1\/(?:traces|metrics|logs)|v0\.\d\/|dogstatsd\/|info|telemetry\/proxy|profiling\/v1|evp_proxy|debugger\/v\d|agent_listener\/|intake\/v2|config\/v1\/agents|api\/\d+\/(?:envelope|store)|opentelemetry\.proto\.collector\.)/;

const startsWith = (text: string | undefined, start: string): boolean => text?.startsWith(start) === true;

const DATADOG =
  'datadog-meta-lang dd-client-library-language datadog-entity-id datadog-container-id dd-api-key dd-evp-origin'.split(
    ' ',
  );

/** One row per family of agents, by what its requests carry. A path alone is no sign: an application may have one like it. */
const SENDERS: Readonly<Record<string, (request: Request) => boolean>> = {
  'OTLP exporters': (r) =>
    /^OTel-OTLP-Exporter|^OTLP-Exporter|OpenTelemetry/i.test(r.requestHeader('user-agent') ?? '') ||
    (r.method === 'POST' &&
      /\/v1\/(?:traces|metrics|logs)(?:\?|$)/.test(r.path) &&
      startsWith(r.requestHeader('content-type'), 'application/x-protobuf')) ||
    (/opentelemetry\.proto\.collector\./.test(r.path) &&
      startsWith(r.requestHeader('content-type'), 'application/grpc')),
  Datadog: (r) =>
    /\/(?:v0\.7\/config|dogstatsd\/v2\/proxy)$/.test(r.path) ||
    DATADOG.some((name) => r.requestHeader(name) !== undefined),
  'New Relic': (r) =>
    startsWith(r.requestHeader('user-agent'), 'NewRelic-') || /\/agent_listener\/invoke_raw_method\?/.test(r.path),
  Elastic: (r) => /^(?:apm-agent-|elasticapm-)/.test(r.requestHeader('user-agent') ?? ''),
  Sentry: (r) =>
    r.requestHeader('x-sentry-auth') !== undefined ||
    startsWith(r.requestHeader('content-type'), 'application/x-sentry-envelope') ||
    /\/api\/\d+\/(?:envelope|store)\/\?(?:.*&)?sentry_key=/.test(r.path),
};
const TESTS = Object.values(SENDERS);

/** Is this an agent's or an exporter's own request? It is no call of the application's. */
export function isTelemetry(request: Request): boolean {
  return PATHS.test(request.path) && TESTS.some((test) => test(request));
}
