import type { CollectorContext, Route } from './context.ts';
import { startEvidence } from './evidence/index.ts';
import { metricsRoute } from './metrics-route.ts';
import { PAGE_ROUTES } from './pages/routes.ts';

const plain = (status: number, text: string): Route['handle'] => {
  return (_req, res) => {
    res.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
  };
};

/** Everything served beside OTLP, in order; the first match answers. Pages add their rows here. */
export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/metrics', handle: metricsRoute },
  { method: 'GET', path: '/-/healthy', handle: plain(200, 'healthy\n') },
  {
    method: 'GET',
    path: '/-/ready',
    handle(req, res, ctx) {
      const reason = ctx.notReady();
      return plain(reason === undefined ? 200 : 503, reason === undefined ? 'ready\n' : `not ready: ${reason}\n`)(
        req,
        res,
        ctx,
      );
    },
  },
  ...PAGE_ROUTES,
];

/** Run once per collector, before it listens: what keeps state between requests (evidence) subscribes here. */
export const EXTENSIONS: readonly ((ctx: CollectorContext) => void)[] = [startEvidence];
