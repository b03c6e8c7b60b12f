/** The newest `limit` values by key; insertion order is age. */
export class Recent<K, V> {
  private readonly entries = new Map<K, V>();
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  get(key: K): V | undefined {
    // nothing fails, as a rule
    return this.entries.size === 0 ? undefined : this.entries.get(key);
  }

  set(key: K, value: V): void {
    this.entries.delete(key);
    this.entries.set(key, value);
    if (this.entries.size > this.limit) this.entries.delete(this.entries.keys().next().value as K);
  }
}

/** Puts `value` first in a list of the newest eight. */
export function addNewest<T>(list: T[], value: T): void {
  list.unshift(value);
  if (list.length > 8) list.pop();
}
