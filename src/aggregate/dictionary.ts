import { OVERFLOW } from '../contract/index.ts';
import { cleanValue } from './clean.ts';
import type { Column } from './columns.ts';

/** Ids every dictionary has: the empty value and the overflow value. */
export const EMPTY_ID = 0;
export const OVERFLOW_ID = 1;

const text = new TextDecoder('utf-8');

/** Which new values may use the reserved share of a budget. */
export type Reserved = (value: string) => boolean;

/** The distinct values of one label, numbered. A value that is not known is cleaned and held against the budget. */
export class Dictionary {
  readonly column: Column;
  readonly values: (string | undefined)[] = ['', OVERFLOW];
  /** Values refused for want of room or because they are unfit. */
  overflowed = 0;
  /** Raised when ids may have changed hands. */
  generation = 0;
  private readonly ids = new Map<string, number>([
    ['', EMPTY_ID],
    [OVERFLOW, OVERFLOW_ID],
  ]);
  private readonly free: number[] = [];
  private readonly openBudget: number;
  private readonly reserved: Reserved | undefined;
  private readonly clean: (value: string) => string | undefined;

  constructor(column: Column, options: { reserved?: Reserved; clean?: (value: string) => string | undefined } = {}) {
    this.column = column;
    this.reserved = options.reserved;
    this.clean = options.clean ?? ((value) => cleanValue(value, column.maxLength));
    this.openBudget = this.reserved ? Math.floor(column.budget * 0.8) : column.budget;
    for (const value of column.values ?? []) this.add(value);
  }

  /** Distinct values in use. */
  get size(): number {
    return this.ids.size - 2;
  }

  ofString(raw: string): number {
    const known = this.ids.get(raw);
    if (known !== undefined) return known;
    const value = this.clean(raw);
    if (value === undefined) return this.refuse();
    const cleaned = this.ids.get(value);
    if (cleaned !== undefined) return cleaned;
    if (this.column.values)
      return this.column.otherwise === undefined ? this.refuse() : (this.ids.get(this.column.otherwise) ?? OVERFLOW_ID);
    if (this.size >= this.openBudget && !(this.size < this.column.budget && this.reserved?.(value)))
      return this.refuse();
    return this.add(value);
  }

  /** The id of the UTF-8 bytes `[start, end)`. */
  ofBytes(bytes: Uint8Array, start: number, end: number): number {
    // UTF-16 never has more units than UTF-8 has bytes times one; beyond 4 bytes per unit it cannot fit.
    if (end - start > this.column.maxLength * 4) return this.refuse();
    return this.ofString(text.decode(bytes.subarray(start, end)));
  }

  /** Forgets every value whose id is not marked. */
  retain(used: Uint8Array): void {
    if (this.column.values) return;
    for (let id = 2; id < this.values.length; id++) {
      const value = this.values[id];
      if (value === undefined || used[id]) continue;
      this.ids.delete(value);
      this.values[id] = undefined;
      this.free.push(id);
    }
    this.generation++;
  }

  private refuse(): number {
    this.overflowed++;
    return OVERFLOW_ID;
  }

  private add(value: string): number {
    const id = this.free.pop() ?? this.values.length;
    this.values[id] = value;
    this.ids.set(value, id);
    return id;
  }
}
