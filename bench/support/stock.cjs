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
// The attributes that every span of the contract has and stock spans have not, as constants: what the SDK and its exporter alone take for them.
const ALWAYS = { 'api.status.class': '2xx', 'api.provider.name': 'example.com', 'url.template': '/ok/v1/things/{id}' };
const hooks = process.env.BENCH_ALWAYS ? { requestHook: (span) => span.setAttributes(ALWAYS) } : {};
registerInstrumentations({ instrumentations: [new HttpInstrumentation(hooks), new UndiciInstrumentation(hooks)] });
