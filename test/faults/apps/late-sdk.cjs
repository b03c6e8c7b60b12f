// Calls before it traces, starts its tracing, and makes the same call again. Prints whether our engine was loaded: at the start, after each call.
const http2 = require('node:http2');
const { once } = require('node:events');
const { duplexPair } = require('node:stream');

const [, , client, url] = process.argv;
const engine = () => Object.keys(require.cache).some((file) => file.endsWith('register.bundle.cjs'));
const get = (module) =>
  new Promise((resolve) => {
    require(module)
      .get(`${url}/fail`, { rejectUnauthorized: false }, (res) => res.resume().on('end', resolve))
      .on('error', resolve);
  });
/** A session over a stream that is no socket. */
function piped() {
  const [near, far] = duplexPair();
  const server = http2.createServer((_req, res) => res.writeHead(503).end());
  server.emit('connection', far);
  return http2.connect(url, { createConnection: () => near });
}
let session;
const CLIENTS = {
  fetch: async () => (await fetch(`${url}/fail`)).text(),
  undici: async () => (await require('undici').request(`${url}/fail`)).body.text(),
  http: () => get('node:http'),
  https: () => get('node:https'),
  http2: () => stream(),
  'http2 without a socket': () => stream(),
};
async function stream() {
  session ??= client === 'http2' ? http2.connect(url) : piped();
  const made = session.request({ ':path': '/fail' });
  await once(made.resume(), 'close');
}
const call = () => CLIENTS[client]().catch(() => {});

(async () => {
  const loaded = [engine()];
  await call();
  loaded.push(engine());
  const { trace } = require('@opentelemetry/api');
  const { NodeSDK } = require('@opentelemetry/sdk-node');
  const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
  const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici');
  const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()] });
  sdk.start();
  // nobody makes spans of node:http2: the application does
  const options = { kind: 2, attributes: { 'url.full': `${url}/fail` } };
  if (!client.startsWith('http2')) await call();
  else
    await trace.getTracer('app').startActiveSpan('GET', options, async (span) => {
      await call();
      span.end();
    });
  session?.close();
  await sdk.shutdown();
  console.log(...loaded, engine());
})();
