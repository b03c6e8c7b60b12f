// An application's own SDK, as its documentation says, whose exporter has not come to export when the process ends.
const { NodeSDK, tracing } = require('@opentelemetry/sdk-node');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici');

const nowhere = { export: (_spans, done) => done({ code: 0 }), shutdown: async () => {}, forceFlush: async () => {} };
const processor = process.env.OTEL_BSP_NOWHERE && tracing?.BatchSpanProcessor;
new NodeSDK({
  traceExporter: nowhere,
  ...(processor && { spanProcessors: [new processor(nowhere)] }),
  instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()],
}).start();
