import { METRICS } from '../contract/index.ts';
import type { Aggregator } from './aggregator.ts';
import { PageCache } from './metrics-page.ts';
import type { Format } from './negotiate.ts';
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

/** The pages of one aggregator, in all formats. */
export class Exposition {
  private readonly aggregator: Aggregator;
  private readonly room: () => number;
  private readonly scrapers = new Scrapers();
  private readonly caches = new Map<Format, PageCache>();
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
  *pieces(format: Format, scraper?: string): Generator<Uint8Array> {
    const { clock, semconv } = this.aggregator;
    clock.now = this.aggregator.now();
    const cache = this.cacheOf(format, clock.now);
    const { serial } = clock;
    const isNew = this.scrapers.newTo(scraper, clock.now);
    const families = this.aggregator.all().filter(({ metric }) => semconv || metric !== METRICS.semconv);
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
  render(format: Format, scraper?: string): Uint8Array {
    const page = new Writer();
    for (const piece of this.pieces(format, scraper)) page.copy(piece, 0, piece.length);
    return page.bytes.subarray(0, page.length);
  }

  /** Drops idle series; while a page is read, at its end, or when it is asked for again. */
  evict(idleSeconds: number): void {
    const waits = this.open > 0 && this.waiting === undefined;
    this.waiting = waits ? idleSeconds : undefined;
    if (!waits) this.aggregator.evict(idleSeconds);
  }

  private cacheOf(format: Format, now: number): PageCache {
    if (this.evicted !== this.aggregator.evicted) this.caches.clear();
    this.evicted = this.aggregator.evicted;
    for (const [of, { usedAt }] of this.caches) if (now - usedAt > CACHE_SECONDS) this.caches.delete(of);
    const cache = this.caches.get(format) ?? new PageCache(format);
    this.caches.set(format, cache);
    cache.usedAt = now;
    return cache;
  }
}
