import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Exposition, rebound } from '../src/aggregate/index.ts';
import { requestPath } from './base/connections.ts';
import type { CollectorContext, Route } from './base/context.ts';
import { evidenceTrouble } from './evidence/index.ts';
import { metricsRoute } from './metrics/route.ts';
import { isServed } from './pages/guard.ts';
import { PAGE_ROUTES } from './pages/routes.ts';

function say(res: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  res.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers }).end(`${text}\n`);
}

/** Everything served beside OTLP, in order; the first match answers. Pages add their rows here. */
export const routes = (exposition: Exposition, read: (spans: number) => void): readonly Route[] => [
  { method: 'GET', path: '/metrics', handle: metricsRoute(exposition, read) },
  { method: 'GET', path: '/-/healthy', handle: (_req, res) => say(res, 200, 'healthy') },
  {
    method: 'GET',
    path: '/-/ready',
    handle(_req, res, ctx) {
      const reason = ctx.notReady();
      // calls are counted all the same: a balancer must not take the collector away for its evidence
      const trouble = evidenceTrouble(ctx);
      if (reason === undefined) say(res, 200, trouble === undefined ? 'ready' : `ready, but ${trouble}`);
      else say(res, 503, `not ready: ${reason}`);
    },
  },
  ...PAGE_ROUTES,
];

/** Answers a request by the route that fits; an error of ours is counted, logged and becomes a 500. */
export function serve(req: IncomingMessage, res: ServerResponse, ctx: CollectorContext, all: readonly Route[]): void {
  route(req, res, ctx, all).catch((error: unknown) => {
    ctx.faults.caught('http', error);
    if (res.headersSent) res.end('internal error\n');
    else say(res, 500, 'internal error');
  });
}

const matches = (route: Route, path: string): boolean =>
  route.path.endsWith('/*') ? path.startsWith(route.path.slice(0, -1)) : path === route.path;

async function route(
  req: IncomingMessage,
  res: ServerResponse,
  ctx: CollectorContext,
  all: readonly Route[],
): Promise<void> {
  res.setHeader('x-content-type-options', 'nosniff');
  const path = requestPath(req.url);
  if (path === undefined) return say(res, 400, 'bad request target');
  // a proxy on this host keeps the name that people typed
  if (rebound(req.socket.localAddress, req.headers.host) && !isServed(req.headers.host ?? '', ctx))
    return say(res, 403, 'this host name is not served here');
  const found = all.filter((r) => matches(r, path));
  if (found.length === 0) return say(res, 404, 'not found');
  const method = req.method === 'HEAD' ? 'GET' : req.method;
  const chosen = found.find((r) => r.method === method);
  const allow = [...new Set(found.map((r) => r.method))].join(', ');
  if (!chosen) return say(res, 405, 'method not allowed', { allow });
  await chosen.handle(req, res, ctx);
}
