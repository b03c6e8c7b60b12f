// The application's own OpenTelemetry SDK. `ONLY` names the HTTP instrumentations that it has.
const { trace } = require('@opentelemetry/api');
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici');

const has = (name) => (process.env.ONLY ?? 'http undici').includes(name);
const sdk = new NodeSDK({
  instrumentations: [has('http') && new HttpInstrumentation(), has('undici') && new UndiciInstrumentation()].filter(
    Boolean,
  ),
});
sdk.start();

exports.inSpan = (name, fn) =>
  trace.getTracer('app').startActiveSpan(name, (span) => Promise.resolve(fn()).finally(() => span.end()));
exports.stop = () => sdk.shutdown();
