module.exports = require('../otel-sdk.cjs')(
  require('@opentelemetry/api'),
  require('@opentelemetry/sdk-node'),
  require('@opentelemetry/instrumentation-http'),
  require('@opentelemetry/instrumentation-undici'),
);
