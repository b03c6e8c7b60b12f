import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { type Aggregator, END, type Exposition } from '../../src/aggregate/index.ts';
import type { SelfMetrics } from '../base/self.ts';
import { LIMITS } from '../limits.ts';
import { registryText } from './registry-text.ts';

const compress = promisify(gzip);

/** One rendering of /metrics, given to everybody who had asked by then. */
export class Rendering {
  /** The span series, then the process and self metrics. */
  readonly spans: Uint8Array;
  readonly tail: Buffer;
  readonly openMetrics: boolean;
  /** Spans counted when it was rendered. */
  readonly counted: number;
  /** Responses it is still being sent by, and the turn that has not given it to them yet. */
  readers = 1;
  private compressed: Promise<Buffer> | undefined;

  constructor(spans: Uint8Array, tail: Buffer, openMetrics: boolean, counted: number) {
    this.spans = spans;
    this.tail = tail;
    this.openMetrics = openMetrics;
    this.counted = counted;
  }

  get bytes(): number {
    return this.spans.length + this.tail.length;
  }

  gzip(): Promise<Buffer> {
    this.compressed ??= compress(Buffer.concat([this.spans, this.tail]), { level: constants.Z_BEST_SPEED });
    return this.compressed;
  }
}

interface Wanted {
  readonly openMetrics: boolean;
  readonly scraper: string | undefined;
  readonly take: (page: Rendering) => void;
  readonly fail: (error: unknown) => void;
}

/** Too much is still being sent, and no page rendered before will do. */
export class Busy extends Error {}

/**
 * Renders pages for many readers at once. A page of all series is 20 MB: one each for fifty readers would fill the memory and hold
 * up the door for seconds. So one is rendered per turn of the event loop, for all who wait for the same, and while too much is
 * still being sent the newest one is given again.
 */
export class Renderings {
  private readonly exposition: Exposition;
  private readonly aggregator: Aggregator;
  private readonly self: SelfMetrics;
  private waiting: Wanted[] = [];
  private readonly newest = new Map<boolean, Rendering>();
  private readonly sending = new Set<Rendering>();

  constructor(exposition: Exposition, aggregator: Aggregator, self: SelfMetrics) {
    this.exposition = exposition;
    this.aggregator = aggregator;
    this.self = self;
  }

  /**
   * A page rendered after this call, except under pressure; throws Busy. `res` is whom it is for: while it is open the page counts
   * as held.
   */
  page(openMetrics: boolean, scraper: string | undefined, res: ServerResponse): Promise<Rendering> {
    return new Promise<Rendering>((resolve, fail) => {
      const take = (page: Rendering): void => {
        this.hold(page, res);
        resolve(page);
      };
      this.waiting.push({ openMetrics, scraper, take, fail });
      if (this.waiting.length === 1) setImmediate(() => this.turn());
    });
  }

  /** Bytes of pages not sent to their end. */
  held(): number {
    let bytes = 0;
    for (const page of this.sending) bytes += page.bytes;
    return bytes;
  }

  private turn(): void {
    const { openMetrics } = this.waiting[0]!;
    // A scraper that has not seen all series gets them at zero first, on a page that is right for nobody else.
    const special = this.waiting.map(({ scraper }) =>
      scraper !== undefined && this.exposition.hasNews(scraper) ? scraper : undefined,
    );
    const same = (w: Wanted, i: number): boolean => w.openMetrics === openMetrics && special[i] === special[0];
    const served = this.waiting.filter(same);
    this.waiting = this.waiting.filter((w, i) => !same(w, i));
    if (this.waiting.length > 0) setImmediate(() => this.turn());
    this.render(openMetrics, special[0]).then(
      (page) => {
        for (const { take } of served) take(page);
        this.letGo(page);
      },
      (error) => {
        for (const { fail } of served) fail(error);
      },
    );
  }

  /** Renders the series before it waits for anything: none may come between what `hasNews` said and what is shown. */
  private async render(openMetrics: boolean, scraper: string | undefined): Promise<Rendering> {
    if (this.held() > LIMITS.pageBytes) {
      const last = scraper === undefined ? this.newest.get(openMetrics) : undefined;
      if (last) {
        last.readers++;
        return last;
      }
      throw new Busy('too many pages are being sent');
    }
    const started = performance.now();
    const { committed } = this.aggregator;
    const spans = this.exposition.render(openMetrics, scraper);
    const rendered = performance.now();
    const self = await registryText(this.self.register, openMetrics);
    this.self.scrapes.inc();
    this.self.scrapeSeconds.inc((rendered - started) / 1000);
    const page = new Rendering(spans, Buffer.from(self + (openMetrics ? END : '')), openMetrics, committed);
    if (scraper !== undefined) return page;
    const before = this.newest.get(openMetrics);
    this.newest.set(openMetrics, page);
    if (before?.readers === 0) this.exposition.release(before.spans, openMetrics);
    return page;
  }

  private hold(page: Rendering, res: ServerResponse): void {
    page.readers++;
    this.sending.add(page);
    if (res.closed) this.letGo(page);
    else res.once('close', () => this.letGo(page));
  }

  /** One reader fewer. After the last one its memory is given back, unless it is the newest, which others may still be given. */
  private letGo(page: Rendering): void {
    if (--page.readers > 0) return;
    this.sending.delete(page);
    if (this.newest.get(page.openMetrics) !== page) this.exposition.release(page.spans, page.openMetrics);
  }
}
