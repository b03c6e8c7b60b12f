import type { Server as HttpServer } from 'node:http';
import type { Server } from 'node:net';
import type { Aggregator } from '../src/aggregate/index.ts';
import type { SelfMetrics } from './base/own-metrics.ts';
import { LIMITS } from './limits.ts';

/** A scrape is late by so much at most, seconds. */
const LATE_SECONDS = 5;
const LOOK_MS = 50;

/** What a collector that ends must know of its readers: whether what it counted was read. */
export class Stopping {
  private readonly aggregator: Aggregator;
  private readonly self: SelfMetrics;
  private readonly now: () => number;
  /** Spans in the newest page that was read to its end, and when that was, and the one before, ms. */
  private spansRead = 0;
  private last: number | undefined;
  private before: number | undefined;

  constructor(aggregator: Aggregator, self: SelfMetrics, now: () => number = () => performance.now()) {
    this.aggregator = aggregator;
    this.self = self;
    this.now = now;
  }

  /** A page with so many spans in it was read. */
  read(spans: number): void {
    this.before = this.last;
    this.last = this.now();
    this.spansRead = Math.max(this.spansRead, spans);
  }

  /** Resolves once a page was read that has the last span: after the interval seen and five seconds more, or `most` seconds, at the latest. */
  async scraped(most: number): Promise<void> {
    const { last, before } = this;
    const interval = last === undefined ? 0 : before === undefined ? most : (last - before) / 1000;
    const until = this.now() + Math.min(most, interval + LATE_SECONDS) * 1000;
    while (this.unread() > 0 && this.now() < until) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }

  /** What is worth saying at the end. */
  lastLine(): string {
    const unread = this.unread();
    const unsent = this.self.forwarded.values.get('dropped_shutdown') ?? 0;
    const parts = [
      `${this.aggregator.committed} spans counted`,
      unread === 0 ? 'none after the last scrape' : `${unread} of them after the last scrape`,
    ];
    if (unsent > 0) parts.push(`${unsent} bodies not sent on`);
    return parts.join(', ');
  }

  private unread(): number {
    return this.aggregator.committed - this.spansRead;
  }
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
