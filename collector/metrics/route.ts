import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { constants, createGzip } from 'node:zlib';
import type { Registry } from 'prom-client';
import { escapeLabel } from '../../src/aggregate/clean.ts';
import {
  CONTENT_TYPES,
  END,
  type Exposition,
  type Format,
  formatOf,
  isLoopback,
  SeriesDropped,
  scraperOf,
} from '../../src/aggregate/index.ts';
import { fieldOf, MessageWriter } from '../../src/aggregate/message.ts';
import { header } from '../../src/aggregate/metrics-page.ts';
import { formatNumber } from '../../src/aggregate/writer.ts';
import type { Route } from '../base/context.ts';
import { LIMITS } from '../limits.ts';

/** CPU time of a page, ms, after which others get their turn. Theirs is as long each time, and a scraper waits for it. */
const TURN_MS = 5;
/** Bytes that come out of gzip at once: each time costs a way through the thread pool. */
const GZIP_BYTES = 64 * 1024;

/**
 * The page: span series from their own columns, then process and self metrics from prom-client. A piece is made when the one before was taken, so
 * that readers hold little memory and others get their turn in between. `read` is told of the spans in each page sent to its end.
 */
export const metricsRoute =
  (exposition: Exposition, read: (spans: number) => void): Route['handle'] =>
  async (req, res, ctx) => {
    const { self, aggregator } = ctx;
    const format = formatOf(req.headers.accept, ['protobuf', 'openMetrics', 'text']);
    // A reader that has stopped reading must not hold its page.
    res.setTimeout(LIMITS.requestTimeoutMs, () => res.destroy());
    const { committed } = aggregator;
    const pieces = exposition.pieces(format, scraperOf(req.headers, req.socket.remoteAddress));
    try {
      let to: Writable | undefined;
      let spent = 0;
      for (;;) {
        const started = performance.now();
        const piece = pieces.next();
        const made = performance.now() - started;
        self.scrapeSeconds.inc(made / 1000);
        if (piece.done || res.closed) break;
        to ??= begin(req, res, format);
        await taken(to, res, piece.value);
        spent += made;
        if (spent < TURN_MS) continue;
        spent = 0;
        await setImmediate();
      }
      if (res.closed) return;
      self.scrapes.inc();
      (to ?? res).end(await registryPage(self.register, format));
      res.once('finish', () => read(committed));
    } catch (error) {
      if (!res.headersSent) throw error;
      // Half a page must not look like a whole one.
      res.destroy();
      if (!(error instanceof SeriesDropped)) throw error;
    } finally {
      pieces.return(undefined);
    }
  };

/** Sends the headers; returns where the page goes: compressed when it crosses a network. */
function begin(req: IncomingMessage, res: ServerResponse, format: Format): Writable {
  const gzips = /\bgzip\b/.test(String(req.headers['accept-encoding'] ?? '')) && !isLoopback(req.socket.remoteAddress);
  res.writeHead(200, { 'content-type': CONTENT_TYPES[format], ...(gzips && { 'content-encoding': 'gzip' }) });
  if (!gzips) return res;
  const zip = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: GZIP_BYTES });
  zip.pipe(res);
  return zip;
}

/** Resolves when the bytes are taken and may be written over, or nobody is there to take them. */
function taken(to: Writable, res: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      res.off('close', done);
      resolve();
    };
    res.once('close', done);
    to.write(bytes, done);
  });
}

/**
 * Renders a prom-client registry without changing it. Its own renderer writes `_total` away for ever after one OpenMetrics
 * page and lets label values that are no strings break a line, so only its collected values are used.
 */
async function registryPage(registry: Registry, format: Format): Promise<Uint8Array> {
  const out = new MessageWriter();
  for (const metric of await registry.getMetricsAsJSON()) {
    const { name, help } = metric;
    const type = String(metric.type);
    if (format !== 'protobuf') out.text(header({ name, help, type }, format === 'openMetrics'));
    for (const value of metric.values as { labels?: Record<string, unknown>; value: number; metricName?: string }[]) {
      const labels = Object.entries(value.labels ?? {}).map(([label, v]) => [label, String(v)] as const);
      const isPart = value.metricName !== undefined && value.metricName !== name;
      const shown = { name: value.metricName ?? name, help, type: isPart ? 'untyped' : type };
      if (format === 'protobuf')
        out.family(shown, () =>
          out.message(4, () => {
            for (const [label, v] of labels) out.label(label, v);
            out.message(fieldOf(shown.type), () => out.double(1, Number(value.value)));
          }),
        );
      else {
        const text = labels.map(([label, v]) => `${label}="${escapeLabel(v)}"`).join(',');
        out.text(`${shown.name}${text && `{${text}}`} ${formatNumber(Number(value.value))}\n`);
      }
    }
  }
  if (format === 'openMetrics') out.text(END);
  return out.bytes.subarray(0, out.length);
}
