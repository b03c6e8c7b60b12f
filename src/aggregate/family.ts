import type { Metric } from '../contract/index.ts';
import { escapeLabel } from './clean.ts';
import { KeyTable, type Numbers, widened } from './keys.ts';
import type { MessageWriter } from './message.ts';
import { type Budget, NOBODY, Shares } from './shares.ts';
import type { Writer } from './writer.ts';

/** What all families share: when a scrape was last rendered, how many series were ever made, and the time. */
export interface Clock {
  /** Raised by every rendering; a series changed since then carries the new number. */
  epoch: number;
  /** Series made so far. */
  serial: number;
  /** Unix seconds at the start, and what has passed since. */
  now: number;
  /** The service whose call is counted now, and the body it came in. */
  owner: number;
  body: number;
}

export interface LabelSource {
  readonly name: string;
  readonly values: readonly (string | undefined)[];
}

const START = 64;

/** `width` numbers for each row of a family. */
export interface PerRow<A extends Numbers = Float64Array> {
  array: A;
  readonly width: number;
}

/** Owner of a row that is charged to nobody. */
const OUTSIDE = -1;

/** All series of one metric: rows found by their label ids, columns for the values. */
export abstract class Family {
  readonly metric: Metric;
  readonly shares: Shares;
  /** Rows refused for want of room, by service. */
  readonly refusedBy = new Map<number, number>();
  readonly clock: Clock;
  keys: KeyTable;
  /** Label text without braces, made when the row is. */
  labels: string[] = [];
  private capacity = START;
  private readonly columns: PerRow<Numbers>[] = [];
  /** Serial number of the row: a scraper that has seen fewer gets it at zero first. */
  readonly born = this.perRow(Float64Array);
  readonly bornAt = this.perRow(Float64Array);
  /** Epoch of the last change. */
  readonly touched = this.perRow(Int32Array);
  /** The clock at the last change. */
  readonly usedAt = this.perRow(Float64Array);
  /** Service that each row is charged to. */
  private readonly owners = this.perRow(Int32Array);
  private readonly sources: readonly LabelSource[];

  constructor(metric: Metric, sources: readonly LabelSource[], budget: Budget, clock: Clock) {
    this.metric = metric;
    this.sources = sources;
    this.shares = new Shares(budget);
    this.clock = clock;
    this.keys = new KeyTable(sources.length);
  }

  get size(): number {
    return this.keys.size;
  }

  /** The row of these label ids, made when the service that is counted has room; -1 when it has none. */
  row(ids: Int32Array, at: number): number {
    const row = this.keys.find(ids, at);
    if (row >= 0) return row;
    const { owner } = this.clock;
    if (!this.shares.take(owner)) {
      this.refusedBy.set(owner, (this.refusedBy.get(owner) ?? 0) + 1);
      return -1;
    }
    return this.add(ids, at, owner);
  }

  /** The row for what found no room, outside of all shares; -1 when there are `most` rows. */
  overflowRow(ids: Int32Array, at: number, most: number): number {
    const row = this.keys.find(ids, at);
    return row >= 0 || this.size >= most ? row : this.add(ids, at, OUTSIDE);
  }

  private add(ids: Int32Array, at: number, owner: number): number {
    const row = this.keys.add(ids, at);
    if (row === this.capacity) {
      this.capacity *= 2;
      for (const column of this.columns) column.array = widened(column.array, this.capacity * column.width);
    }
    this.labels[row] = this.labelText(row);
    this.born.array[row] = ++this.clock.serial;
    this.bornAt.array[row] = this.clock.now;
    this.owners.array[row] = owner;
    this.reset(row);
    this.touch(row);
    return row;
  }

  touch(row: number): void {
    this.touched.array[row] = this.clock.epoch;
    this.usedAt.array[row] = this.clock.now;
  }

  /** Keeps the rows unused for less than the given time. Returns how many went. */
  evictIdle(before: number): number {
    const old = this.keys;
    let kept = 0;
    for (let row = 0; row < old.size; row++) if (this.usedAt.array[row]! >= before) kept++;
    const gone = old.size - kept;
    if (gone === 0) return 0;
    const keys = new KeyTable(old.width);
    for (let row = 0; row < old.size; row++) {
      if (this.usedAt.array[row]! < before) {
        if (this.owners.array[row] !== OUTSIDE) this.shares.give(this.owners.array[row]!);
        continue;
      }
      const to = keys.add(old.keys, row * old.width);
      if (to !== row) this.move(row, to);
    }
    this.keys = keys;
    this.labels.length = keys.size;
    return gone;
  }

  /** What services that are gone held is nobody's. */
  disown(services: Uint8Array): void {
    for (let row = 0; row < this.size; row++)
      if (this.owners.array[row]! > NOBODY && !services[this.owners.array[row]!]) this.owners.array[row] = NOBODY;
    for (const owner of [...this.shares.owners()]) if (owner !== NOBODY && !services[owner]) this.shares.disown(owner);
    for (const owner of [...this.refusedBy.keys()]) if (!services[owner]) this.refusedBy.delete(owner);
  }

  /** Marks the ids in use, one byte array per label. */
  mark(used: readonly (Uint8Array | undefined)[]): void {
    const { keys, width, size } = this.keys;
    for (let row = 0; row < size; row++) for (let i = 0; i < width; i++) mark(used[i], keys[row * width + i]!);
  }

  /** Called before a page is rendered: what follows from time is worked out then. */
  refresh(): void {}

  /** Appends the lines of one row. */
  abstract write(out: Writer, row: number, openMetrics: boolean, zero: boolean): void;
  /** Appends the fields of one row's Metric. */
  abstract message(out: MessageWriter, row: number, zero: boolean): void;
  /** Whether a new row is first shown at zero. */
  abstract readonly cumulative: boolean;
  protected abstract reset(row: number): void;

  /** An array with `width` elements for each row, which grows and moves with the rows. */
  protected perRow<A extends Numbers>(make: new (length: number) => A, width = 1): PerRow<A> {
    const made = { array: new make(this.capacity * width), width };
    this.columns.push(made as unknown as PerRow<Numbers>);
    return made;
  }

  protected move(from: number, to: number): void {
    this.labels[to] = this.labels[from]!;
    for (const { array, width } of this.columns) array.copyWithin(to * width, from * width, (from + 1) * width);
  }

  /** The label id of a row at a position among the metric's labels. */
  idAt(row: number, label: number): number {
    return this.keys.keys[row * this.keys.width + label]!;
  }

  /** The label value of a row at a position among the metric's labels. */
  valueAt(row: number, label: number): string {
    return this.sources[label]!.values[this.idAt(row, label)] ?? '';
  }

  protected pairs(out: MessageWriter, row: number): void {
    for (const [i, { name }] of this.sources.entries()) out.label(name, this.valueAt(row, i));
  }

  private labelText(row: number): string {
    return this.sources.map(({ name }, i) => `${name}="${escapeLabel(this.valueAt(row, i))}"`).join(',');
  }
}

const mark = (used: Uint8Array | undefined, id: number): void => {
  if (used) used[id] = 1;
};
