/** Scrapers remembered; a Prometheus pair and a few agents fit many times. */
const REMEMBERED = 16;
/** Series older than this are shown to a scraper met for the first time as they are: their past is not news. */
const FRESH_SECONDS = 120;

/**
 * A counter that appears with its first increments hides them from `increase()`, which needs a sample before. So each scraper
 * gets a new series at zero once, and with its value from the next scrape on. Only for scrapers that say they are Prometheus;
 * a person with curl sees the values.
 */
export class Scrapers {
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
