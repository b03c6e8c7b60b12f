import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { rebound } from '../src/aggregate/index.ts';
import type { CollectorContext, Route } from './context.ts';
import { LIMITS } from './limits.ts';
import { ROUTES } from './routes.ts';

/** The path of a request target in origin form, else undefined. `new URL` is not used: it throws on `GET http:// HTTP/1.1` (CVE-2026-44902). */
export const pathOf = (target: string | undefined): string | undefined =>
  target?.startsWith('/') && !target.startsWith('//') ? target.split(/[?#]/, 1)[0] : undefined;

const matches = (route: Route, path: string): boolean =>
  route.path.endsWith('/*') ? path.startsWith(route.path.slice(0, -1)) : path === route.path;

/** The server of metrics, health and pages. */
export function pagesServer(ctx: CollectorContext): Server {
  const server = createServer(
    {
      headersTimeout: LIMITS.headersTimeoutMs,
      requestTimeout: LIMITS.requestTimeoutMs,
      connectionsCheckingInterval: 1000,
    },
    (req, res) => {
      answer(req, res, ctx).catch(() => {
        if (!res.headersSent) res.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
        res.end('internal error\n');
      });
    },
  );
  server.maxConnections = LIMITS.connections;
  return server;
}

async function answer(req: IncomingMessage, res: ServerResponse, ctx: CollectorContext): Promise<void> {
  res.setHeader('x-content-type-options', 'nosniff');
  const say = (status: number, text: string, headers: Record<string, string> = {}): void => {
    res.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers }).end(`${text}\n`);
  };
  const path = pathOf(req.url);
  if (path === undefined) return say(400, 'bad request target');
  if (rebound(req.socket.localAddress, req.headers.host)) return say(403, 'this host name is not served here');
  const found = ROUTES.filter((r) => matches(r, path));
  if (found.length === 0) return say(404, 'not found');
  const method = req.method === 'HEAD' ? 'GET' : req.method;
  const route = found.find((r) => r.method === method);
  if (!route) return say(405, 'method not allowed', { allow: [...new Set(found.map((r) => r.method))].join(', ') });
  await route.handle(req, res, ctx);
}
