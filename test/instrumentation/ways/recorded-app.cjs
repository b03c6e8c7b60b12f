// Records one header of its calls on its own spans; one call. Plain Node, run with `--require faultlayer/register`.
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const sdk = new NodeSDK({
  instrumentations: [
    new HttpInstrumentation({ headersToSpanAttributes: { client: { requestHeaders: ['x-tenant'] } } }),
  ],
});
sdk.start();
const http = require('node:http');

const headers = { 'x-tenant': '42', 'x-other': '7', accept: 'application/json' };
const request = http.get(process.argv[2], { headers }, (response) => response.resume());
request.on('close', () => setImmediate(() => sdk.shutdown()));
