import { OVERFLOW } from '../contract/index.ts';
import { cleanValue } from './clean.ts';
import type { Column } from './columns.ts';
import { NOBODY, SERVICES, Shares } from './shares.ts';

/** Ids every dictionary has: the empty value and the overflow value. */
export const EMPTY_ID = 0;
export const OVERFLOW_ID = 1;

const text = new TextDecoder('utf-8');

/** Which service the values that come now are of, by its label id. */
export interface Owner {
  owner: number;
  /** Number of the body they came in. */
  body: number;
}

/** A body may bring one of so many of the services that still fit: names that a sender makes up do not fill the place at once. */
const PER_BODY = 32;

/**
 * The distinct values of one label, numbered. A value that is not known is cleaned and held against the share of the service that brought it.
 */
export class Dictionary {
  readonly column: Column;
  readonly values: (string | undefined)[] = ['', OVERFLOW];
  /** Values refused for want of room or because they are unfit; and whose, by service. */
  overflowed = 0;
  readonly overflowedBy = new Map<number, number>();
  /** Raised when ids may have changed hands. */
  generation = 0;
  private readonly ids = new Map<string, number>([
    ['', EMPTY_ID],
    [OVERFLOW, OVERFLOW_ID],
  ]);
  private readonly free: number[] = [];
  private readonly shares: Shares;
  private readonly owners: number[] = [];
  private body = -1;
  private broughtByBody = 0;
  /** Shared by all dictionaries of one aggregator. */
  readonly by: Owner;
  /** Kept for the reserved. */
  private readonly kept: number;

  constructor(column: Column, by: Owner) {
    this.column = column;
    const floor = column.floor ?? 0;
    this.shares = new Shares({ floor, pool: column.budget - floor * SERVICES });
    this.by = by;
    this.kept = column.reserved ? Math.floor(this.shares.budget.pool * 0.2) : 0;
    for (const value of column.values ?? []) this.add(value);
  }

  /** Distinct values in use. */
  get size(): number {
    return this.ids.size - 2;
  }

  ofString(raw: string): number {
    const known = this.ids.get(raw);
    if (known !== undefined) return known;
    const value = this.column.clean ? this.column.clean(raw) : cleanValue(raw, this.column.maxLength);
    if (value === undefined) return this.refuse();
    const cleaned = this.ids.get(value);
    if (cleaned !== undefined) return cleaned;
    if (this.column.values)
      return this.column.otherwise === undefined ? this.refuse() : (this.ids.get(this.column.otherwise) ?? OVERFLOW_ID);
    return this.mayAdd(value) ? this.add(value) : this.refuse();
  }

  /** The id of the UTF-8 bytes `[start, end)`. */
  ofBytes(bytes: Uint8Array, start: number, end: number): number {
    // UTF-16 never has more units than UTF-8 has bytes times one; beyond 4 bytes per unit it cannot fit.
    if (end - start > this.column.maxLength * 4) return this.refuse();
    return this.ofString(text.decode(bytes.subarray(start, end)));
  }

  /** Forgets every value whose id is not marked. `services` says which of them live on. */
  retain(used: Uint8Array, services: Uint8Array): void {
    if (this.column.values) return;
    for (let id = 2; id < this.values.length; id++) {
      const value = this.values[id];
      if (value === undefined || used[id]) continue;
      if (this.column.floor !== undefined) this.shares.give(this.owners[id]!);
      this.ids.delete(value);
      this.values[id] = undefined;
      this.free.push(id);
    }
    if (this.column.floor !== undefined) this.disown(services);
    this.generation++;
  }

  /** What services that are gone brought is nobody's: their ids will be others'. */
  private disown(services: Uint8Array): void {
    for (const [id, owner] of this.owners.entries()) if (owner !== NOBODY && !services[owner]) this.owners[id] = NOBODY;
    for (const owner of [...this.overflowedBy.keys()]) if (!services[owner]) this.overflowedBy.delete(owner);
    for (const owner of [...this.shares.owners()]) if (owner !== NOBODY && !services[owner]) this.shares.disown(owner);
  }

  /** With floors every service has its share; of services themselves a body may bring so many; else the first come is served. */
  private mayAdd(value: string): boolean {
    const { by, column } = this;
    if (column.floor !== undefined) return this.shares.take(by.owner, column.reserved?.(value) ? 0 : this.kept);
    const free = column.budget - this.size;
    if (column.budget !== SERVICES) return free > 0;
    if (this.body !== by.body) {
      this.body = by.body;
      this.broughtByBody = 0;
    }
    return free > 0 && this.broughtByBody++ < Math.max(1, free / PER_BODY);
  }

  private refuse(): number {
    this.overflowed++;
    this.overflowedBy.set(this.by.owner, (this.overflowedBy.get(this.by.owner) ?? 0) + 1);
    return OVERFLOW_ID;
  }

  private add(value: string): number {
    const id = this.free.pop() ?? this.values.length;
    this.values[id] = value;
    this.owners[id] = this.column.floor === undefined ? NOBODY : this.by.owner;
    this.ids.set(value, id);
    return id;
  }
}
