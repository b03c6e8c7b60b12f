import type { Aggregator } from './aggregator.ts';
import { PageCache } from './page.ts';
import { Writer } from './writer.ts';

/** Scrapers remembered; a Prometheus pair and a few agents fit many times. */
const REMEMBERED = 16;
/** Series older than this are shown to a scraper met for the first time as they are: their past is not news. */
const FRESH_SECONDS = 120;

/**
 * A counter that appears with its first increments hides them from `increase()`, which needs a sample before. So each scraper
 * gets a new series at zero once, and with its value from the next scrape on. Only for scrapers that say they are Prometheus;
 * a person with curl sees the values.
 */
class Scrapers {
  /** Serial number of the newest series each scraper has seen, most recent last. */
  private readonly seen = new Map<string, number>();

  /** Which series are new to this scraper. */
  newTo(scraper: string | undefined, now: number): (born: number, bornAt: number) => boolean {
    if (scraper === undefined) return () => false;
    const before = this.seen.get(scraper);
    if (before !== undefined) return (born) => born > before;
    return (_born, bornAt) => now - bornAt <= FRESH_SECONDS;
  }

  /** Remembers that a scraper has been given every series up to `serial`. */
  saw(scraper: string, serial: number): void {
    this.seen.delete(scraper);
    this.seen.set(scraper, serial);
    if (this.seen.size > REMEMBERED) this.seen.delete(this.seen.keys().next().value!);
  }
}

/** A cache that nobody asked for in this time is dropped. */
const CACHE_SECONDS = 300;

/** Rows moved while a page was read: what was sent of it is no page. */
export class SeriesDropped extends Error {}

/** The pages of one aggregator, in both formats. */
export class Exposition {
  private readonly aggregator: Aggregator;
  private readonly room: () => number;
  private readonly scrapers = new Scrapers();
  private readonly caches = { text: new PageCache(false), openMetrics: new PageCache(true) };
  private evicted = 0;
  /** Pages that are being read, and the idle time of an eviction that waits for them. */
  private open = 0;
  private waiting: number | undefined;

  /** `room`: the bytes of memory that are to be had. */
  constructor(aggregator: Aggregator, room: () => number = () => Number.POSITIVE_INFINITY) {
    this.aggregator = aggregator;
    this.room = room;
  }

  /**
   * All series, without `# EOF`, in pieces; a piece's bytes are another's once the next is asked for. `scraper` names a Prometheus; see Scrapers.
   * @throws SeriesDropped when that happened before its end.
   */
  *pieces(openMetrics: boolean, scraper?: string): Generator<Uint8Array> {
    const { clock } = this.aggregator;
    clock.now = Date.now() / 1000;
    const cache = this.cacheOf(openMetrics, clock.now);
    const { serial } = clock;
    const isNew = this.scrapers.newTo(scraper, clock.now);
    const families = this.aggregator.all();
    for (const family of families) family.refresh();
    this.open++;
    try {
      for (const piece of cache.pieces(families, clock, isNew, this.room())) {
        yield piece;
        if (this.evicted !== this.aggregator.evicted)
          throw new SeriesDropped('series were dropped while a page was read');
      }
      if (scraper !== undefined) this.scrapers.saw(scraper, serial);
    } finally {
      this.open--;
      if (this.open === 0 && this.waiting !== undefined) this.evict(this.waiting);
    }
  }

  /** The same at once. */
  render(openMetrics: boolean, scraper?: string): Uint8Array {
    const page = new Writer();
    for (const piece of this.pieces(openMetrics, scraper)) page.copy(piece, 0, piece.length);
    return page.bytes.subarray(0, page.length);
  }

  /** Drops idle series; while a page is read, at its end, or when it is asked for again. */
  evict(idleSeconds: number): void {
    const waits = this.open > 0 && this.waiting === undefined;
    this.waiting = waits ? idleSeconds : undefined;
    if (!waits) this.aggregator.evict(idleSeconds);
  }

  private cacheOf(openMetrics: boolean, now: number): PageCache {
    if (this.evicted !== this.aggregator.evicted) {
      this.evicted = this.aggregator.evicted;
      for (const cache of Object.values(this.caches)) cache.clear();
    }
    for (const cache of Object.values(this.caches)) if (now - cache.usedAt > CACHE_SECONDS) cache.clear();
    const cache = openMetrics ? this.caches.openMetrics : this.caches.text;
    cache.usedAt = now;
    return cache;
  }
}
