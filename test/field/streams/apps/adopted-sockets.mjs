// An application that traces with its own SDK and its own exporter: sessions of `ws`, of undici's class and of Node's, that end well and badly.
import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';
import { WebSocketServer } from 'ws';

const ofCheckout = createRequire(process.env.CHECKOUT);
const { NodeSDK } = ofCheckout('@opentelemetry/sdk-node');
const { OTLPTraceExporter } = ofCheckout('@opentelemetry/exporter-trace-otlp-proto');
const { HttpInstrumentation } = ofCheckout('@opentelemetry/instrumentation-http');
const { UndiciInstrumentation } = ofCheckout('@opentelemetry/instrumentation-undici');
const sdk = new NodeSDK({
  traceExporter: new OTLPTraceExporter({ url: `${process.env.APPLICATIONS}/v1/traces` }),
  instrumentations: process.env.MADE === 'yes' ? [new HttpInstrumentation(), new UndiciInstrumentation()] : [],
});
sdk.start();

const ENDS = {
  good: (socket) => socket.close(1000),
  cut: (socket) => socket.terminate(),
  broken: (socket) => socket.close(1011, 'no more'),
};
const server = http.createServer();
const sessions = new WebSocketServer({ server });
sessions.on('connection', (session, { url }) => session.on('message', () => ENDS[url.split('/')[2]](session)));
await once(server.listen(0, '127.0.0.1'), 'listening');

const ended = (Class, name, how) =>
  new Promise((done) => {
    const socket = new Class(`ws://127.0.0.1:${server.address().port}/${name}/${how}`);
    socket.onopen = () => socket.send('x');
    socket.onerror = () => {};
    socket.onclose = ({ code }) => done(console.log(`${name} ${how}: ${code}`));
  });
const CLASSES = { ws: (await import('ws')).default, undici: ofCheckout('undici').WebSocket, native: WebSocket };
for (const [name, Class] of Object.entries(CLASSES)) for (const how in ENDS) await ended(Class, name, how);
server.close();
await sdk.shutdown();
