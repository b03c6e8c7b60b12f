import { isObject, type Path, type Reader } from './json-fields.ts';

/**
 * Rows in their order, found by the first name of their path. A failing body has few fields at its top and the tables have dozens of
 * rows: looking the fields up costs less than trying every row.
 */
export interface Table<Row> {
  readonly rows: readonly Row[];
  readonly byFirst: ReadonlyMap<string, readonly number[]>;
}

export function table<Row>(rows: readonly Row[], whereOf: (row: Row) => Path): Table<Row> {
  const byFirst = new Map<string, number[]>();
  rows.forEach((row, index) => {
    for (const name of whereOf(row)[0]!) byFirst.set(name, [...(byFirst.get(name) ?? []), index]);
  });
  return { rows, byFirst };
}

/** A table whose rows are paths and nothing else. */
export const pathTable = (paths: readonly Path[]): Table<Path> => table(paths, (where) => where);

/** The rows that can find something in this body, in their order. No row of a table may begin with `*`. */
export function rowsFor<Row>({ rows, byFirst }: Table<Row>, reader: Reader): readonly Row[] {
  const { root } = reader;
  // an array stands for its elements, which are looked at one by one
  if (Array.isArray(root)) return rows;
  if (!isObject(root)) return [];
  let first: readonly number[] | undefined;
  let merged: Set<number> | undefined;
  for (const name of reader.fields(root).keys()) {
    const here = byFirst.get(name);
    if (here === undefined) continue;
    if (first === undefined) first = here;
    else {
      merged ??= new Set(first);
      for (const index of here) merged.add(index);
    }
  }
  // one field of interest, such as `error`, is the rule
  const indexes = merged === undefined ? (first ?? []) : [...merged].sort((x, y) => x - y);
  return indexes.map((index) => rows[index]!);
}
