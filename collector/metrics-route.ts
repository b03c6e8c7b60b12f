import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Route } from './context.ts';
import { renderRegistry } from './self-page.ts';

const compress = promisify(gzip);
/** A page larger than this is worth compressing when it crosses a network. */
const WORTH_BYTES = 64 * 1024;

/** Whether the scraper asks for OpenMetrics 1.0 at least as much as for the text format. */
export function wantsOpenMetrics(accept: string | undefined): boolean {
  const weights = { openMetrics: 0, text: 0 };
  for (const part of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = part
      .trim()
      .toLowerCase()
      .split(';')
      .map((s) => s.trim());
    const q = Number(parameters.find((p) => p.startsWith('q='))?.slice(2) ?? 1);
    if (type === 'application/openmetrics-text') weights.openMetrics = Math.max(weights.openMetrics, q);
    else if (type === 'text/plain' || type === 'text/*' || type === '*/*') weights.text = Math.max(weights.text, q);
  }
  return weights.openMetrics > 0 && weights.openMetrics >= weights.text;
}

/** A name for the scraper when it is a Prometheus: its address, not its port, which changes. */
export const scraperOf = (req: IncomingMessage): string | undefined =>
  req.headers['x-prometheus-scrape-timeout-seconds'] === undefined
    ? undefined
    : `${req.socket.remoteAddress} ${req.headers['user-agent'] ?? ''}`;

const isLoopback = (address = ''): boolean =>
  isIP(address) !== 0 && (address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.'));

/** The page: span series from their own columns, then process and self metrics from prom-client. */
export const metricsRoute: Route['handle'] = async (req, res, ctx) => {
  const openMetrics = wantsOpenMetrics(req.headers.accept);
  const started = performance.now();
  const self = await renderRegistry(ctx.self.register, openMetrics);
  const spans = ctx.exposition.render(openMetrics, scraperOf(req));
  ctx.self.scrapes.inc();
  ctx.self.scrapeSeconds.inc((performance.now() - started) / 1000);
  const tail = Buffer.from(self + (openMetrics ? '# EOF\n' : ''));
  const headers: Record<string, string> = {
    'content-type': openMetrics
      ? 'application/openmetrics-text; version=1.0.0; charset=utf-8'
      : 'text/plain; version=0.0.4; charset=utf-8',
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
