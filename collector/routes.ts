import type { Exposition } from '../src/aggregate/index.ts';
import type { CollectorContext, Route } from './base/context.ts';
import { evidenceTrouble, startEvidence } from './evidence/index.ts';
import { metricsRoute } from './metrics/route.ts';
import { startOverview } from './overview.ts';
import { PAGE_ROUTES } from './pages/routes.ts';

const plain = (res: Parameters<Route['handle']>[1], status: number, text: string): void => {
  res.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
};

/** Everything served beside OTLP, in order; the first match answers. Pages add their rows here. */
export const routes = (exposition: Exposition, read: (spans: number) => void): readonly Route[] => [
  { method: 'GET', path: '/metrics', handle: metricsRoute(exposition, read) },
  { method: 'GET', path: '/-/healthy', handle: (_req, res) => plain(res, 200, 'healthy\n') },
  {
    method: 'GET',
    path: '/-/ready',
    handle(_req, res, ctx) {
      const reason = ctx.notReady();
      // calls are counted all the same: a balancer must not take the collector away for its evidence
      const trouble = evidenceTrouble(ctx);
      if (reason === undefined) plain(res, 200, trouble === undefined ? 'ready\n' : `ready, but ${trouble}\n`);
      else plain(res, 503, `not ready: ${reason}\n`);
    },
  },
  ...PAGE_ROUTES,
];

/** Run once per collector, before it listens: what keeps state between requests (evidence) subscribes here. */
export const EXTENSIONS: readonly ((ctx: CollectorContext) => void)[] = [startEvidence, startOverview];
