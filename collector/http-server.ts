import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { rebound } from '../src/aggregate/index.ts';
import type { Connections } from './base/connections.ts';
import type { CollectorContext, Route } from './base/context.ts';
import { requestPath } from './base/request-path.ts';
import { LIMITS } from './limits.ts';
import type { Pem } from './otlp/servers.ts';
import { isServed } from './pages/guard.ts';

const matches = (route: Route, path: string): boolean =>
  route.path.endsWith('/*') ? path.startsWith(route.path.slice(0, -1)) : path === route.path;

/** The server of metrics, health and pages. */
export function httpServer(
  ctx: CollectorContext,
  routes: readonly Route[],
  connections: Connections,
  pem?: Pem,
): Server {
  const options = {
    headersTimeout: LIMITS.headersTimeoutMs,
    requestTimeout: LIMITS.requestTimeoutMs,
    connectionsCheckingInterval: 1000,
  };
  const handle = (req: IncomingMessage, res: ServerResponse): void => {
    res.once('close', connections.begin(req.socket));
    answer(req, res, ctx, routes).catch((error: unknown) => {
      ctx.faults.caught('http', error);
      if (!res.headersSent) res.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
      res.end('internal error\n');
    });
  };
  const server = pem
    ? createTlsServer({ ...options, ...pem, handshakeTimeout: LIMITS.headersTimeoutMs }, handle)
    : createServer(options, handle);
  server.on('connection', (socket) => connections.add(socket));
  return server;
}

async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  ctx: CollectorContext,
  routes: readonly Route[],
): Promise<void> {
  res.setHeader('x-content-type-options', 'nosniff');
  const say = (status: number, text: string, headers: Record<string, string> = {}): void => {
    res.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers }).end(`${text}\n`);
  };
  const path = requestPath(req.url);
  if (path === undefined) return say(400, 'bad request target');
  // a proxy on this host keeps the name that people typed
  if (rebound(req.socket.localAddress, req.headers.host) && !isServed(req.headers.host ?? '', ctx))
    return say(403, 'this host name is not served here');
  const found = routes.filter((r) => matches(r, path));
  if (found.length === 0) return say(404, 'not found');
  const method = req.method === 'HEAD' ? 'GET' : req.method;
  const route = found.find((r) => r.method === method);
  if (!route) return say(405, 'method not allowed', { allow: [...new Set(found.map((r) => r.method))].join(', ') });
  await route.handle(req, res, ctx);
}
