// Keeps a reference to `fetch`, as clients of APIs do, before it starts its tracing; then calls an address that redirects to itself.
const kept = fetch;
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici');

const sdk = new NodeSDK({ instrumentations: [new UndiciInstrumentation()] });
sdk.start();
kept(process.argv[2])
  .catch((error) => console.log(error.cause.message, error.stack.includes('faultlayer')))
  .then(() => sdk.shutdown());
