import { OVERFLOW } from '../contract/index.ts';
import { equalBytes, hashBytes, viewOf } from './bytes.ts';
import { cleanValue } from './clean.ts';
import type { Column } from './columns.ts';

/** Ids every dictionary has: the empty value and the overflow value. */
export const EMPTY_ID = 0;
export const OVERFLOW_ID = 1;

/** Longest chain looked at in the byte table; a crafted longer one costs a string and a Map lookup, never a wrong answer. */
const PROBES = 8;
/** Numbers of one slot: the hash, where the bytes stand in the arena, how many (0 is an empty slot), and the value's id. */
const SLOT = { hash: 0, at: 1, length: 2, id: 3, width: 4 } as const;
const text = new TextDecoder('utf-8');

/** Which new values may use the reserved share of a budget. */
export type Reserved = (value: string) => boolean;

/**
 * The distinct values of one label, numbered. Raw UTF-8 bytes seen before are found without making a string;
 * only a new spelling is decoded, cleaned and held against the budget.
 */
export class Dictionary {
  readonly column: Column;
  readonly values: (string | undefined)[] = ['', OVERFLOW];
  /** Values refused for want of room or because they are unfit. */
  overflowed = 0;
  /** Raised when ids may have changed hands. */
  generation = 0;
  /** What a table of this column's spellings takes: slots (a power of two), spellings at most, and bytes of them. */
  readonly spellings: { readonly slots: number; readonly most: number; readonly bytes: number };
  private readonly ids = new Map<string, number>([
    ['', EMPTY_ID],
    [OVERFLOW, OVERFLOW_ID],
  ]);
  private readonly free: number[] = [];
  private readonly openBudget: number;
  private readonly reserved: Reserved | undefined;
  private readonly clean: (value: string) => string | undefined;
  private readonly mask: number;
  /** Per slot what is known of one spelling: see SLOT. */
  private readonly slots: Int32Array;
  private remembered = 0;
  private arena = new Uint8Array(1024);
  private arenaView = viewOf(this.arena);
  private used = 0;

  constructor(column: Column, options: { reserved?: Reserved; clean?: (value: string) => string | undefined } = {}) {
    this.column = column;
    this.reserved = options.reserved;
    this.clean = options.clean ?? ((value) => cleanValue(value, column.maxLength));
    this.openBudget = this.reserved ? Math.floor(column.budget * 0.8) : column.budget;
    const most = column.budget * 2 + 64;
    let slots = 64;
    while (slots < most * 2) slots *= 2;
    this.spellings = { slots, most, bytes: most * column.maxLength };
    this.mask = slots - 1;
    this.slots = new Int32Array(slots * SLOT.width);
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
  ofBytes(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    if (start === end) return EMPTY_ID;
    const length = end - start;
    const hash = hashBytes(view, start, end);
    const { slots, mask } = this;
    for (let i = 0, slot = hash & mask; i < PROBES; i++, slot = (slot + 1) & mask) {
      const at = slot * SLOT.width;
      const known = slots[at + SLOT.length]!;
      if (known === 0) break;
      if (
        known === length &&
        slots[at + SLOT.hash] === hash &&
        equalBytes(view, start, this.arenaView, slots[at + SLOT.at]!, length)
      )
        return slots[at + SLOT.id]!;
    }
    const id = this.ofNewBytes(bytes, start, end);
    if (id !== OVERFLOW_ID) this.remember(bytes, start, end, hash, id);
    return id;
  }

  /** As `ofBytes`, for a caller that remembers spellings itself. */
  ofNewBytes(bytes: Uint8Array, start: number, end: number): number {
    // UTF-16 never has more units than UTF-8 has bytes times one; beyond 4 bytes per unit it cannot fit.
    if (end - start > this.column.maxLength * 4) return this.refuse();
    return this.ofString(text.decode(bytes.subarray(start, end)));
  }

  /** Forgets every value whose id is not marked, and every byte spelling. */
  retain(used: Uint8Array): void {
    if (this.column.values) return;
    for (let id = 2; id < this.values.length; id++) {
      const value = this.values[id];
      if (value === undefined || used[id]) continue;
      this.ids.delete(value);
      this.values[id] = undefined;
      this.free.push(id);
    }
    this.slots.fill(0);
    this.remembered = this.used = 0;
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

  private remember(bytes: Uint8Array, start: number, end: number, hash: number, id: number): void {
    if (this.remembered >= this.spellings.most) return;
    const { slots, mask } = this;
    let slot = hash & mask;
    for (let i = 0; slots[slot * SLOT.width + SLOT.length] !== 0; i++, slot = (slot + 1) & mask)
      if (i >= PROBES) return;
    const length = end - start;
    if (this.used + length > this.arena.length) {
      const grown = new Uint8Array(Math.max(this.arena.length * 2, this.used + length));
      grown.set(this.arena);
      this.arena = grown;
      this.arenaView = viewOf(grown);
    }
    this.arena.set(bytes.subarray(start, end), this.used);
    slots[slot * SLOT.width + SLOT.hash] = hash;
    slots[slot * SLOT.width + SLOT.at] = this.used;
    slots[slot * SLOT.width + SLOT.length] = length;
    slots[slot * SLOT.width + SLOT.id] = id;
    this.remembered++;
    this.used += length;
  }
}
