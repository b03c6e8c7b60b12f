import type { Attempt } from './attempt.ts';

export interface Recent<K> {
  get(key: K): Attempt | undefined;
  set(key: K, attempt: Attempt): void;
}

/** The newest `limit` attempts by key; insertion order is age. */
export function createRecent<K>(limit: number): Recent<K> {
  const entries = new Map<K, Attempt>();
  return {
    // nothing fails, as a rule
    get: (key) => (entries.size === 0 ? undefined : entries.get(key)),
    set(key, attempt) {
      entries.delete(key);
      entries.set(key, attempt);
      if (entries.size > limit) entries.delete(entries.keys().next().value as K);
    },
  };
}
