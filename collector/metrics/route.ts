import { isIP } from 'node:net';
import { CONTENT_TYPES, scraperOf, wantsOpenMetrics } from '../../src/aggregate/index.ts';
import type { Route } from '../base/context.ts';
import { LIMITS } from '../limits.ts';
import { Busy, type Renderings } from './renderings.ts';

/** A page larger than this is worth compressing when it crosses a network. */
const WORTH_BYTES = 64 * 1024;

const isLoopback = (address = ''): boolean =>
  isIP(address) !== 0 && (address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.'));

/** The page: span series from their own columns, then process and self metrics from prom-client. `read` is told of the spans in each page sent to its end. */
export const metricsRoute =
  (renderings: Renderings, read: (spans: number) => void): Route['handle'] =>
  async (req, res) => {
    const openMetrics = wantsOpenMetrics(req.headers.accept);
    // A reader that has stopped reading must not hold its page.
    res.setTimeout(LIMITS.requestTimeoutMs, () => res.destroy());
    const scraper = scraperOf(req.headers, req.socket.remoteAddress);
    const page = await renderings.page(openMetrics, scraper, res).catch((error: unknown) => {
      if (!(error instanceof Busy)) throw error;
      res.writeHead(503, {
        'content-type': 'text/plain; charset=utf-8',
        'retry-after': String(LIMITS.retryAfterSeconds),
      });
      res.end(`${error.message}\n`);
    });
    if (!page) return;
    res.once('finish', () => read(page.counted));
    const headers: Record<string, string> = {
      'content-type': openMetrics ? CONTENT_TYPES.openMetrics : CONTENT_TYPES.text,
    };
    const gzips = /\bgzip\b/.test(String(req.headers['accept-encoding'] ?? ''));
    if (gzips && !isLoopback(req.socket.remoteAddress) && page.spans.length > WORTH_BYTES) {
      const zipped = await page.gzip();
      res
        .writeHead(200, { ...headers, 'content-encoding': 'gzip', 'content-length': String(zipped.length) })
        .end(zipped);
      return;
    }
    res.writeHead(200, { ...headers, 'content-length': String(page.bytes) });
    res.write(page.spans);
    res.end(page.tail);
  };
