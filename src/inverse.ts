/** From `{ a: 'x y' }` to `x` → `a`, `y` → `a`. */
export const inverse = <K extends string>(table: { readonly [Key in K]?: string }, separator = ' '): Map<string, K> =>
  new Map(
    Object.entries<string>(table as Record<K, string>).flatMap(([key, words]) =>
      words.split(separator).map((word) => [word, key as K]),
    ),
  );
