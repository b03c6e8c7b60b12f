import { escapeLabel } from './clean.ts';
import type { Family } from './family.ts';
import { Writer } from './writer.ts';

/** Which rows a scraper has not seen yet and first gets at zero; see scrapers.ts. */
export type IsNew = (born: number, bornAt: number) => boolean;

interface Block {
  /** Offsets of each row's text in the page, and the end; a row shown at zero has none (-1). */
  starts: Int32Array;
  ends: Int32Array;
  rows: number;
}

/**
 * One rendered page, kept to render the next from: the text of rows unchanged since then is copied, in runs, not made again.
 * A page is never written to before it is released.
 */
export class PageCache {
  private readonly openMetrics: boolean;
  private page: Uint8Array = new Uint8Array(0);
  private epoch = 0;
  private blocks = new Map<Family, Block>();
  /** Whether nobody reads `page` any more. */
  private read = false;
  /** A page's memory to render the next but one into: fresh memory for 20 MB costs as much as copying them. */
  private spare: Uint8Array | undefined;
  /** Unix seconds of the last rendering; unused caches are dropped. */
  usedAt = 0;

  constructor(openMetrics: boolean) {
    this.openMetrics = openMetrics;
  }

  /** Renders all families. `epoch` is the number changes carried since the rendering before. */
  render(families: readonly Family[], epoch: number, isNew: IsNew): Uint8Array {
    const room = Math.max(4096, Math.ceil(this.page.length * 1.1));
    const spare = this.spare;
    this.spare = undefined;
    const out = new Writer(spare && spare.length >= this.page.length ? spare : new Uint8Array(room));
    const blocks = new Map<Family, Block>();
    for (const family of families) {
      if (family.size === 0) continue;
      out.text(header(family.metric, this.openMetrics));
      blocks.set(family, this.rows(out, family, isNew));
    }
    if (this.read) this.spare = memoryOf(this.page);
    this.read = false;
    // Without the spare room at its end: the next page's room is a tenth more than this one's text, not than its room.
    this.page = out.bytes.subarray(0, out.length);
    this.blocks = blocks;
    this.epoch = epoch;
    return this.page;
  }

  /** Says that nobody reads this page any more: its memory may be written again once it is not the newest. */
  release(page: Uint8Array): void {
    if (page === this.page) this.read = true;
    else this.spare ??= memoryOf(page);
  }

  /** After an eviction rows have moved; nothing can be copied. */
  clear(): void {
    this.page = new Uint8Array(0);
    this.read = false;
    this.spare = undefined;
    this.blocks.clear();
  }

  private rows(out: Writer, family: Family, isNew: IsNew): Block {
    const rows = family.size;
    const block: Block = { starts: new Int32Array(rows), ends: new Int32Array(rows), rows };
    const before = this.blocks.get(family);
    const { touched, born, bornAt, cumulative } = family;
    let runFrom = -1;
    let runTo = -1;
    const flush = (): void => {
      if (runFrom >= 0) out.copy(this.page, runFrom, runTo);
      runFrom = -1;
    };
    for (let row = 0; row < rows; row++) {
      const zero = cumulative && isNew(born[row]!, bornAt[row]!);
      const from = before && row < before.rows ? before.starts[row]! : -1;
      if (!zero && from >= 0 && touched[row]! <= this.epoch) {
        const to = before!.ends[row]!;
        if (runFrom >= 0 && from === runTo) runTo = to;
        else {
          flush();
          runFrom = from;
          runTo = to;
        }
        block.ends[row] = out.length + runTo - runFrom;
        block.starts[row] = block.ends[row]! - (to - from);
        continue;
      }
      flush();
      block.starts[row] = zero ? -1 : out.length;
      family.write(out, row, this.openMetrics, zero);
      block.ends[row] = out.length;
    }
    flush();
    return block;
  }
}

const memoryOf = (page: Uint8Array): Uint8Array => new Uint8Array(page.buffer);

/** HELP and TYPE lines. OpenMetrics names a counter's family without `_total`; the samples keep it. */
export function header(metric: { name: string; help: string; type: string }, openMetrics: boolean): string {
  const name = openMetrics && metric.type === 'counter' ? metric.name.replace(/_total$/, '') : metric.name;
  const help = openMetrics
    ? escapeLabel(metric.help)
    : metric.help.replace(/[\\\n]/g, (c) => (c === '\n' ? '\\n' : '\\\\'));
  return `# HELP ${name} ${help}\n# TYPE ${name} ${metric.type}\n`;
}
