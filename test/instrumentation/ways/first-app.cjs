// A wrapper of `fetch`, as @vercel/otel has one, whose provider is registered in the turn of the first call. Plain Node, run with the preload.
const { trace, SpanKind } = require('@opentelemetry/api');
const { NodeSDK } = require('@opentelemetry/sdk-node');

const { fetch } = globalThis;
globalThis.fetch = (url, init) => {
  const span = trace
    .getTracer('wrapper')
    .startSpan('fetch', { kind: SpanKind.CLIENT, attributes: { 'http.method': 'GET', 'http.url': String(url) } });
  return fetch(url, init).finally(() => span.end());
};
const sdk = new NodeSDK({ instrumentations: [] });
sdk.start();
(async () => {
  for (let i = 0; i < 2; i++) await (await globalThis.fetch(process.argv[2])).text();
  await sdk.shutdown();
})();
