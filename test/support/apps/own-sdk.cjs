// An application that runs its own OpenTelemetry SDK with HTTP instrumentations, started in its code.
const { trace } = require('@opentelemetry/api');
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici');

const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()] });
sdk.start();
const http = require('node:http');
const url = process.argv[2];

trace.getTracer('app').startActiveSpan('job', async (job) => {
  await (await fetch(`${url}/fail/fetch?token=s3cr3t`)).text();
  await new Promise((resolve) => http.get(`${url}/fail/http`, (res) => res.resume().on('end', resolve)));
  await new Promise((resolve) => http.get('http://127.0.0.1:1/', resolve).on('error', resolve));
  await fetch('http://127.0.0.1:9999999/').catch(() => {});
  // as a wrapper of `fetch` does for a call that is refused before there is a request
  const attributes = { 'http.url': `${url}/refused?token=s3cr3t` };
  trace.getTracer('wrapper').startSpan('GET', { kind: 2, attributes }).end();
  job.end();
  await sdk.shutdown();
});
