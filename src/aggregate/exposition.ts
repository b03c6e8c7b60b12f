import type { Aggregator } from './aggregator.ts';
import { PageCache } from './page.ts';
import { Scrapers } from './scrapers.ts';

/** A cache that nobody asked for in this time is dropped. */
const CACHE_SECONDS = 300;

/** The pages of one aggregator, in both formats. */
export class Exposition {
  private readonly aggregator: Aggregator;
  private readonly scrapers = new Scrapers();
  private readonly caches = { text: new PageCache(false), openMetrics: new PageCache(true) };
  private evicted = 0;

  constructor(aggregator: Aggregator) {
    this.aggregator = aggregator;
  }

  /** Whether this scraper's page would differ from anybody's: it has not seen every series yet. */
  hasNews(scraper: string): boolean {
    return this.scrapers.hasNews(scraper, this.aggregator.clock.serial);
  }

  /** Gives a page back that nobody reads any more, so that a later one takes its memory. Left out, it is garbage in time. */
  release(page: Uint8Array, openMetrics: boolean): void {
    (openMetrics ? this.caches.openMetrics : this.caches.text).release(page);
  }

  /** All series, without `# EOF`. `scraper` names a Prometheus; see Scrapers. */
  render(openMetrics: boolean, scraper?: string): Uint8Array {
    const { clock } = this.aggregator;
    clock.now = Date.now() / 1000;
    if (this.evicted !== this.aggregator.evicted) {
      this.evicted = this.aggregator.evicted;
      for (const cache of Object.values(this.caches)) cache.clear();
    }
    for (const cache of Object.values(this.caches)) if (clock.now - cache.usedAt > CACHE_SECONDS) cache.clear();
    const isNew = this.scrapers.visit(scraper, clock.serial, clock.now);
    const cache = openMetrics ? this.caches.openMetrics : this.caches.text;
    cache.usedAt = clock.now;
    for (const family of this.aggregator.all()) family.refresh();
    return cache.render(this.aggregator.all(), clock.epoch++, isNew);
  }
}
