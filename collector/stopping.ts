import type { Server as HttpServer } from 'node:http';
import type { Server } from 'node:net';
import type { Aggregator } from '../src/aggregate/index.ts';
import type { SelfMetrics } from './base/own-metrics.ts';
import { LIMITS } from './limits.ts';

/** A scrape is late by so much at most, seconds. */
const LATE_SECONDS = 5;
const LOOK_MS = 50;

/** What a collector that ends must know of its readers: whether what it counted was read. */
export function createStopping(aggregator: Aggregator, self: SelfMetrics, now = () => performance.now()) {
  /** Spans in the newest page that was read to its end, and when that was, and the one before, ms. */
  let spansRead = 0;
  let last: number | undefined;
  let before: number | undefined;
  const unread = (): number => aggregator.committed - spansRead;
  return {
    /** A page with so many spans in it was read. */
    read(spans: number): void {
      before = last;
      last = now();
      spansRead = Math.max(spansRead, spans);
    },
    /** Resolves once a page was read that has the last span: after the interval seen and five seconds more, or `most` seconds, at the latest. */
    async scraped(most: number): Promise<void> {
      const interval = last === undefined ? 0 : before === undefined ? most : (last - before) / 1000;
      const until = now() + Math.min(most, interval + LATE_SECONDS) * 1000;
      while (unread() > 0 && now() < until) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    },
    /** What is worth saying at the end. */
    lastLine(): string {
      const unsent = self.forwarded.values.get('dropped_shutdown') ?? 0;
      const parts = [
        `${aggregator.committed} spans counted`,
        unread() === 0 ? 'none after the last scrape' : `${unread()} of them after the last scrape`,
      ];
      if (unsent > 0) parts.push(`${unsent} bodies not sent on`);
      return parts.join(', ');
    },
  };
}

/** Closes a server: requests in flight get five seconds. */
export function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve();
    const http = server as Partial<HttpServer> & Server;
    const cut = setTimeout(() => http.closeAllConnections?.(), LIMITS.drainMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    http.closeIdleConnections?.();
  });
}
