// The reference: OpenTelemetry's HTTP instrumentations, batch processor and OTLP exporter, hand-picked as lean as they go.
const { context, propagation, trace } = require('@opentelemetry/api');
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
const { W3CTraceContextPropagator } = require('@opentelemetry/core');
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-proto');
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici');
const { BatchSpanProcessor, TracerProvider } = require('@opentelemetry/sdk-trace');

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
const spanProcessors = [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })];
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors }));
// With BENCH_ALWAYS the attributes that every span of the contract has and stock spans have not, as constants; with BENCH_ALWAYS=all as many as an
// adopted call of the bench gets: what the SDK and its exporter alone take for them. Nothing is cheaper for both than to spread.
const ALWAYS = { 'api.status.class': '2xx', 'api.provider.name': 'example.com', 'url.template': '/ok/v1/things/{id}' };
const GOOD = {
  ...ALWAYS,
  ...{ 'service.peer.name': 'example.com', 'api.auth.scheme': 'none', 'api.request.repeated': true },
  ...{ 'api.connection.reused': true, 'api.connection.idle': 0.0011261850000000208, 'api.connection.calls': 32 },
  ...{ 'api.timing.wait': 0.00047439600000001293, 'api.timing.body': 0.00003920799999997371 },
  'api.provider.request_id': 'req_0123456789',
};
const FAILED = {
  ...GOOD,
  ...{ 'api.failure.layer': 'throttling', 'api.failure.stage': 'after_response', 'api.failure.reason': 'http.error' },
  ...{ 'api.failure.owner': 'load', 'api.request.sent': 'yes', 'api.limit.kind': 'requests' },
  ...{ 'http.request.header.accept': ['*/*'], 'http.request.header.user-agent': ['node'] },
  ...{ 'api.provider.code': 'rate_limit_exceeded', 'api.provider.subcode': 'requests', 'api.retry.after': 1 },
  ...{ 'api.provider.message': 'slow down', 'http.request.resend_count': 21, 'api.retry.kind': 'early' },
  ...{ 'api.retry.advice': 'retry_after', 'http.response.header.retry-after': ['1'] },
};
const onResponse = (span, { response, statusCode = response.statusCode }) => {
  span.attributes = { ...span.attributes, ...(statusCode < 400 ? GOOD : FAILED) };
};
const HOOKS = { all: { responseHook: onResponse }, 1: { requestHook: (span) => span.setAttributes(ALWAYS) } };
const hooks = HOOKS[process.env.BENCH_ALWAYS] ?? {};
registerInstrumentations({ instrumentations: [new HttpInstrumentation(hooks), new UndiciInstrumentation(hooks)] });
