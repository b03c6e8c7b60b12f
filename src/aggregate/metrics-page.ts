import { escapeLabel } from './clean.ts';
import type { Clock, Family } from './family.ts';
import { MessageWriter } from './message.ts';
import type { Format } from './negotiate.ts';
import { Writer } from './writer.ts';

/** Which rows a scraper has not seen yet and first gets at zero. */
export type IsNew = (born: number, bornAt: number) => boolean;

/** Rows whose text is kept together: of a histogram 300 KB. */
const ROWS = 64;
/** A page is handed out in pieces of about this size. */
const PIECE_BYTES = 256 * 1024;
/** Text that is kept of a page to make the next from; what is past it is made anew each time. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** The text of some rows as it was at an epoch, with the offsets of each row's. */
interface Block {
  text: Uint8Array;
  length: number;
  epoch: number;
  readonly rows: number;
  /** Of each row and, last, of the end; a row that was shown at zero has none (-1). */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/**
 * Renders pages of one format. The text of rows unchanged since it was made is copied, in runs, not made again. A page is never held whole: of
 * a million series it has 200 MB.
 */
export class PageCache {
  private readonly format: Format;
  private readonly mostKept: number;
  private readonly blocks = new Map<Family, (Block | undefined)[]>();
  private kept = 0;
  /** What may be kept of the page that is being made. */
  private keptBytes: number;
  /** Unix seconds of the last rendering; unused caches are dropped. */
  usedAt = 0;

  constructor(format: Format, keptBytes = KEPT_BYTES) {
    this.format = format;
    this.mostKept = this.keptBytes = keptBytes;
  }

  /**
   * All families' rows of now, in pieces. A piece is written over once the next is asked for. What is counted meanwhile may be in it; rows that
   * are made meanwhile are not. No rows may be moved until the last piece. Half of `room`, the bytes of memory to be had, may be kept in
   * addition; without any, what was kept is given back.
   */
  *pieces(families: readonly Family[], clock: Clock, isNew: IsNew, room = Infinity): Generator<Uint8Array> {
    const out = this.format === 'protobuf' ? new MessageWriter() : new Writer();
    if (room <= 0) this.clear();
    this.keptBytes = Math.min(this.mostKept, this.kept + Math.max(0, room) / 2);
    const sizes = families.map(({ size }) => size);
    for (const [f, family] of families.entries()) {
      const size = sizes[f]!;
      if (size === 0) continue;
      if (this.format !== 'protobuf') out.text(header(family.metric, this.format === 'openMetrics'));
      for (let first = 0; first < size; first += ROWS) {
        const block = () => this.block(out, family, first, Math.min(size - first, ROWS), clock, isNew);
        // each block is a family of its own, because a message's length stands before it
        if (out instanceof MessageWriter) out.family(family.metric, block);
        else block();
        if (out.length < PIECE_BYTES) continue;
        yield out.bytes.subarray(0, out.length);
        out.length = 0;
      }
    }
    yield out.bytes.subarray(0, out.length);
  }

  /** After an eviction rows have moved; nothing can be copied. */
  clear(): void {
    this.blocks.clear();
    this.kept = 0;
  }

  private block(out: Writer, family: Family, first: number, rows: number, clock: Clock, isNew: IsNew): void {
    const { cumulative } = family;
    const [touched, born, bornAt] = [family.touched.array, family.born.array, family.bornAt.array];
    const of = this.blocks.get(family) ?? [];
    this.blocks.set(family, of);
    const number = first / ROWS;
    const before = of[number];
    const last = first + rows - 1;
    // Rows are in the order in which they were made.
    const hasNew = cumulative && isNew(born[last]!, bornAt[last]!);
    if (before?.rows === rows && !hasNew && !changed(touched, first, rows, before.epoch)) {
      out.copy(before.text, 0, before.length);
      return;
    }
    const from = out.length;
    const made = {
      rows,
      starts: new Int32Array(rows),
      ends: new Int32Array(rows),
      epoch: clock.epoch++,
    };
    let hasZero = false;
    // Unchanged rows that stand next to each other are copied at once.
    let [runFrom, runTo] = [0, 0];
    const flush = (): void => {
      if (runTo > runFrom) out.copy(before!.text, runFrom, runTo);
      runFrom = runTo = 0;
    };
    for (let i = 0; i < rows; i++) {
      const row = first + i;
      const zero = hasNew && isNew(born[row]!, bornAt[row]!);
      const at = before && i < before.rows ? before.starts[i]! : -1;
      if (!zero && at >= 0 && touched[row]! <= before!.epoch) {
        if (at !== runTo || runTo === runFrom) {
          flush();
          runFrom = at;
        }
        runTo = before!.ends[i]!;
        made.ends[i] = out.length - from + runTo - runFrom;
        made.starts[i] = made.ends[i]! - (runTo - at);
        continue;
      }
      flush();
      made.starts[i] = zero ? -1 : out.length - from;
      if (out instanceof MessageWriter) out.message(4, () => family.message(out, row, zero));
      else family.write(out, row, this.format === 'openMetrics', zero);
      made.ends[i] = out.length - from;
      hasZero ||= zero;
    }
    flush();
    const kept = this.keep(before, out, from);
    // What is not kept, and a row at zero, has to be written the next time whoever asks.
    of[number] = kept.length === 0 ? undefined : { ...made, ...kept, epoch: hasZero ? -1 : made.epoch };
  }

  /** Keeps the text from `from` on, where the one before stood if it fits; none when too much is kept. */
  private keep(before: Block | undefined, out: Writer, from: number): Pick<Block, 'text' | 'length'> {
    const length = out.length - from;
    let text = before?.text;
    if (text === undefined || text.length < length) {
      this.kept -= text?.length ?? 0;
      // A little room to grow: counts get longer.
      const room = length + (length >>> 4);
      text = new Uint8Array(this.kept + room > this.keptBytes ? 0 : room);
      this.kept += text.length;
    }
    if (text.length === 0) return { text, length: 0 };
    text.set(out.bytes.subarray(from, out.length));
    return { text, length };
  }
}

function changed(touched: Int32Array, first: number, rows: number, epoch: number): boolean {
  for (let row = first; row < first + rows; row++) if (touched[row]! > epoch) return true;
  return false;
}

/** HELP and TYPE lines. OpenMetrics names a counter's family without `_total`; the samples keep it. */
export function header(metric: { name: string; help: string; type: string }, openMetrics: boolean): string {
  const name = openMetrics && metric.type === 'counter' ? metric.name.replace(/_total$/, '') : metric.name;
  const help = openMetrics
    ? escapeLabel(metric.help)
    : metric.help.replace(/[\\\n]/g, (c) => (c === '\n' ? '\\n' : '\\\\'));
  return `# HELP ${name} ${help}\n# TYPE ${name} ${metric.type}\n`;
}
