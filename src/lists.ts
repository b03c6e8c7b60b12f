/** From `{ a: 'x y' }` to `x` → `a`, `y` → `a`. */
export const inverse = <K extends string>(table: { readonly [Key in K]?: string }, separator = ' '): Map<string, K> =>
  new Map(
    Object.entries<string>(table as Record<K, string>).flatMap(([key, words]) =>
      words.split(separator).map((word) => [word, key as K]),
    ),
  );

/** What `make` makes of the first item that it makes something of. */
export function firstOf<T, R>(items: Iterable<T>, make: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const made = make(item);
    if (made !== undefined) return made;
  }
  return undefined;
}
