// Sentry as its documentation preloads it, tracing on; its envelopes go to the bench's own server.
const base = new URL(process.env.OTEL_EXPORTER_OTLP_ENDPOINT);
require('@sentry/node').init({ dsn: `http://key@${base.host}/1`, tracesSampleRate: 1 });
