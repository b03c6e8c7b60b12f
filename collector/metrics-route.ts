import { isIP } from 'node:net';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { CONTENT_TYPES, END, scraperOf, wantsOpenMetrics } from '../src/aggregate/index.ts';
import type { Route } from './context.ts';
import { renderRegistry } from './self-page.ts';

const compress = promisify(gzip);
/** A page larger than this is worth compressing when it crosses a network. */
const WORTH_BYTES = 64 * 1024;

const isLoopback = (address = ''): boolean =>
  isIP(address) !== 0 && (address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.'));

/** The page: span series from their own columns, then process and self metrics from prom-client. */
export const metricsRoute: Route['handle'] = async (req, res, ctx) => {
  const openMetrics = wantsOpenMetrics(req.headers.accept);
  const started = performance.now();
  const self = await renderRegistry(ctx.self.register, openMetrics);
  const spans = ctx.exposition.render(openMetrics, scraperOf(req.headers, req.socket.remoteAddress));
  ctx.self.scrapes.inc();
  ctx.self.scrapeSeconds.inc((performance.now() - started) / 1000);
  const tail = Buffer.from(self + (openMetrics ? END : ''));
  const headers: Record<string, string> = {
    'content-type': openMetrics ? CONTENT_TYPES.openMetrics : CONTENT_TYPES.text,
  };
  const gzips = /\bgzip\b/.test(String(req.headers['accept-encoding'] ?? ''));
  if (gzips && !isLoopback(req.socket.remoteAddress) && spans.length > WORTH_BYTES) {
    const page = await compress(Buffer.concat([spans, tail]), { level: constants.Z_BEST_SPEED });
    res.writeHead(200, { ...headers, 'content-encoding': 'gzip', 'content-length': String(page.length) }).end(page);
    return;
  }
  res.writeHead(200, { ...headers, 'content-length': String(spans.length + tail.length) });
  res.write(spans);
  res.end(tail);
};
