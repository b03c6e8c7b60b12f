const { trace } = require('@opentelemetry/api');
const { registerOTel } = require('@vercel/otel');
const inSpan = require('../in-span.cjs');

registerOTel({ serviceName: 'app', instrumentationConfig: { fetch: { propagateContextUrls: ['http://127.0.0.1'] } } });
module.exports = { inSpan: inSpan(trace), stop: () => trace.getTracerProvider().getDelegate().forceFlush() };
