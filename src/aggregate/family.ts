import type { Metric } from '../contract/index.ts';
import { escapeLabel } from './clean.ts';
import { KeyTable } from './keys.ts';
import type { Writer } from './writer.ts';

/** What all families share: when a scrape was last rendered, how many series were ever made, and the time. */
export interface Clock {
  /** Raised by every rendering; a series changed since then carries the new number. */
  epoch: number;
  /** Series made so far. */
  serial: number;
  /** Unix seconds. */
  now: number;
}

export interface LabelSource {
  readonly name: string;
  readonly values: readonly (string | undefined)[];
}

const START = 64;

/** All series of one metric: rows found by their label ids, columns for the values. */
export abstract class Family {
  readonly metric: Metric;
  readonly budget: number;
  readonly clock: Clock;
  keys: KeyTable;
  /** Label text without braces, made when the row is. */
  labels: string[] = [];
  /** Serial number of the row: a scraper that has seen fewer gets it at zero first. */
  born: Float64Array = new Float64Array(START);
  bornAt: Float64Array = new Float64Array(START);
  /** Epoch of the last change. */
  touched: Int32Array = new Int32Array(START);
  /** Unix seconds of the last change. */
  usedAt: Float64Array = new Float64Array(START);
  private readonly sources: readonly LabelSource[];
  private capacity = START;

  constructor(metric: Metric, sources: readonly LabelSource[], budget: number, clock: Clock) {
    this.metric = metric;
    this.sources = sources;
    this.budget = budget;
    this.clock = clock;
    this.keys = new KeyTable(sources.length);
  }

  get size(): number {
    return this.keys.size;
  }

  /** The row of these label ids, made when there is room; -1 when there is none. */
  row(ids: Int32Array, at: number, budget: number = this.budget): number {
    const row = this.keys.find(ids, at);
    return row >= 0 ? row : this.size < budget ? this.add(ids, at) : -1;
  }

  add(ids: Int32Array, at: number): number {
    const row = this.keys.add(ids, at);
    if (row === this.capacity) {
      this.capacity *= 2;
      this.grow(this.capacity);
    }
    this.labels[row] = this.labelText(row);
    this.born[row] = ++this.clock.serial;
    this.bornAt[row] = this.clock.now;
    this.reset(row);
    this.touch(row);
    return row;
  }

  touch(row: number): void {
    this.touched[row] = this.clock.epoch;
    this.usedAt[row] = this.clock.now;
  }

  /** Keeps the rows unused for less than the given time. Returns how many went. */
  evictIdle(before: number): number {
    const old = this.keys;
    let kept = 0;
    for (let row = 0; row < old.size; row++) if (this.usedAt[row]! >= before) kept++;
    const gone = old.size - kept;
    if (gone === 0) return 0;
    const keys = new KeyTable(old.width);
    for (let row = 0; row < old.size; row++) {
      if (this.usedAt[row]! < before) continue;
      const to = keys.add(old.keys, row * old.width);
      if (to !== row) this.move(row, to);
    }
    this.keys = keys;
    this.labels.length = keys.size;
    return gone;
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
  /** Whether a new row is first shown at zero. */
  abstract readonly cumulative: boolean;
  protected abstract reset(row: number): void;

  protected move(from: number, to: number): void {
    this.labels[to] = this.labels[from]!;
    this.born[to] = this.born[from]!;
    this.bornAt[to] = this.bornAt[from]!;
    this.touched[to] = this.touched[from]!;
    this.usedAt[to] = this.usedAt[from]!;
  }

  protected grow(capacity: number): void {
    this.born = widen(this.born, capacity);
    this.bornAt = widen(this.bornAt, capacity);
    this.usedAt = widen(this.usedAt, capacity);
    const touched = new Int32Array(capacity);
    touched.set(this.touched);
    this.touched = touched;
  }

  /** The label values of a row, in the order of the metric's labels. */
  valuesOf(row: number): string[] {
    const base = row * this.keys.width;
    return this.sources.map((s, i) => s.values[this.keys.keys[base + i]!] ?? '');
  }

  private labelText(row: number): string {
    return this.valuesOf(row)
      .map((value, i) => `${this.sources[i]!.name}="${escapeLabel(value)}"`)
      .join(',');
  }
}

const mark = (used: Uint8Array | undefined, id: number): void => {
  if (used) used[id] = 1;
};

export function widen(column: Float64Array, length: number): Float64Array {
  const wider = new Float64Array(length);
  wider.set(column);
  return wider;
}
