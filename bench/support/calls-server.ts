import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

let failures = 0;
const failure = () =>
  JSON.stringify({
    error: { code: 'rate_limit_exceeded', message: 'slow down', type: 'requests' },
    request_id: `req_${(failures++).toString().padStart(10, '0')}`,
  });

/** Answers `/ok/…` with 200, `/fail/…` with 429 and a body whose request ID is its own, and takes the telemetry of every variant. */
export async function startServer(): Promise<{ readonly base: string; close(): void }> {
  const server: Server = createServer((req, res) => {
    if (req.method !== 'GET') {
      // OTLP, Datadog's agent, Sentry's envelopes: read and thanked
      const json = req.url?.startsWith('/v1/traces') !== true;
      const type = json ? 'application/json' : 'application/x-protobuf';
      req.resume().on('end', () => res.writeHead(200, { 'content-type': type }).end(json ? '{}' : undefined));
      return;
    }
    const headers = { 'content-type': 'application/json', 'x-request-id': 'req_0123456789' };
    if (req.url?.startsWith('/fail')) res.writeHead(429, { ...headers, 'retry-after': '1' }).end(failure());
    else res.writeHead(200, headers).end('{"id":"thing"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
}
