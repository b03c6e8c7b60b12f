require('@opentelemetry/auto-instrumentations-node/register');
const { trace } = require('@opentelemetry/api');
const inSpan = require('../in-span.cjs');

module.exports = { inSpan: inSpan(trace), stop: () => trace.getTracerProvider().getDelegate().forceFlush() };
