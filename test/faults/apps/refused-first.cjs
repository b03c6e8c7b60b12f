// Its first call is one that node:http refuses before there is a request: no channel tells of it, but its client span has the URL.
const early = process.argv[3] === 'early' && require('node:http');
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');

const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation()] });
const http = early || require('node:http');
if (early) require('node:http');
sdk.start();
try {
  http.get('http://127.0.0.1/refused?token=s3cr3t', { headers: { 'x-bad': '\n' } });
} catch (error) {
  console.log(error.code);
}
sdk.shutdown();
