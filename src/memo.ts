/** Longer keys are computed anew: the memory of one stays within `limit` × this. */
const MAX_KEY = 512;

/** A pure function of one string that remembers its last `limit` answers at least; then it starts over. */
export function remembering<T>(compute: (key: string) => T, limit: number): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
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
