/**
 * What one engine remembers of the functions here: their results, and the rules and providers that its user added. It is in force while code of that
 * engine runs. A process without an engine (the collector, a command) has one from the start.
 */
export class Memory {
  /** By the functions that make them. */
  readonly parts = new Map<unknown, unknown>();

  /** Puts a memory in force until the next call; returns the one before. */
  static use(memory: Memory): Memory {
    const before = inForce;
    inForce = memory;
    return before;
  }

  /** State of which each memory has its own, made when it is first asked for. */
  static part<T>(make: () => T): () => T {
    // nearly always of the memory that was asked last
    let newest: T;
    let of: Memory | undefined;
    return () => {
      if (of === inForce) return newest;
      const { parts } = inForce;
      if (!parts.has(make)) parts.set(make, make());
      newest = parts.get(make) as T;
      of = inForce;
      return newest;
    };
  }
}
let inForce = new Memory();

/** Longer keys are computed anew: the memory of one stays within `limit` × this. */
const MAX_KEY = 512;

/** A pure function of one string that remembers its last `limit` answers at least; then it starts over. */
export function remembering<T>(compute: (key: string) => T, limit: number): (key: string) => T {
  const results = Memory.part(() => new Map<string, T>());
  return (key) => {
    const known = results();
    const found = known.get(key);
    if (found !== undefined) return found;
    const value = compute(key);
    if (key.length <= MAX_KEY) {
      if (known.size >= limit) known.clear();
      known.set(key, value);
    }
    return value;
  };
}

/** A pure function that remembers its last answer, for as long as it is asked the same. */
export function rememberingLast<Asked extends readonly unknown[], T>(
  compute: (...asked: Asked) => T,
): (...asked: Asked) => T {
  let last: Asked | undefined;
  let answer: T;
  return (...asked) => {
    if (last === undefined || last.some((one, i) => one !== asked[i])) {
      answer = compute(...asked);
      last = asked;
    }
    return answer;
  };
}
