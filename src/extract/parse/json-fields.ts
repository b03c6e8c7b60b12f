import { remembering } from '../../memo.ts';

/**
 * Reading a parsed body by the names vendors mean, not by the letters they use: `errorCode`, `error_code`, `Error-Code` and
 * `o:errorCode` are one name. Look-ups never reach a prototype and never go deeper or wider than stated.
 */
const MAX_KEYS = 128;
const MAX_ELEMENTS = 4;
const PLAIN = /^[a-z\d]+$/;

/**
 * The key in lower case, without separators and without a namespace; empty for one that is too long to be a name. Remembered, because bodies
 * repeat their keys: saves 1.3 µs of the 25 that a failing call costs.
 */
export const nameOf = remembering((key) => {
  if (key.length > 64) return '';
  if (PLAIN.test(key) || key.startsWith('__') || key.startsWith('@')) return key;
  const local = key.slice(Math.max(key.lastIndexOf(':'), key.lastIndexOf('.')) + 1);
  return (local === '' ? key : local).toLowerCase().replace(/[_\- ]/g, '');
}, 2048);

export type Fields = ReadonlyMap<string, unknown>;

export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Steps of a path; alternatives in the order they are tried. `*` is every key. */
export type Path = readonly (readonly string[])[];

/** `error.code|type` → the value of `code`, else of `type`, in `error`. */
export const path = (text: string): Path => text.split('.').map((step) => step.split('|'));

/** A path that is asked for again and again, compiled once. */
export const providerPath = remembering(path, 512);
export const providerPaths = (texts: readonly string[] | undefined): Path[] => (texts ?? []).map(providerPath);

export class Reader {
  readonly root: unknown;
  readonly #seen = new Map<object, Fields>();

  constructor(root: unknown) {
    this.root = root;
  }

  /** An object's fields by name; the first of two equal names stays unless it is null. */
  fields(object: object): Fields {
    let fields = this.#seen.get(object) as Map<string, unknown> | undefined;
    if (fields !== undefined) return fields;
    fields = new Map();
    let count = 0;
    for (const key of Object.keys(object)) {
      if (++count > MAX_KEYS) break;
      const name = nameOf(key);
      if (fields.get(name) === undefined || fields.get(name) === null)
        fields.set(name, (object as Record<string, unknown>)[key]);
    }
    this.#seen.set(object, fields);
    return fields;
  }

  /** Top-level value of a name, looked for in the first elements if the body is an array. */
  get(name: string): unknown {
    return this.first([[name]], (value) => value ?? undefined);
  }

  /**
   * The first value on the path that `accept` makes something of. Arrays on the way, and at its end, stand for their first elements.
   */
  first<T>(where: Path, accept: (value: unknown, name: string, owner: Fields) => T | undefined): T | undefined {
    return this.#walk(this.root, where, 0, accept);
  }

  /** The first value on any of the paths. */
  firstOf<T>(
    paths: Iterable<Path>,
    accept: (value: unknown, name: string, owner: Fields) => T | undefined,
  ): T | undefined {
    for (const where of paths) {
      const found = this.first(where, accept);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #walk<T>(
    node: unknown,
    where: Path,
    step: number,
    accept: (value: unknown, name: string, owner: Fields) => T | undefined,
  ): T | undefined {
    if (Array.isArray(node)) {
      for (let i = 0; i < node.length && i < MAX_ELEMENTS; i++) {
        if (Array.isArray(node[i])) continue;
        const found = this.#walk(node[i], where, step, accept);
        if (found !== undefined) return found;
      }
      return undefined;
    }
    if (!isObject(node)) return undefined;
    const fields = this.fields(node);
    const wanted = where[step]!;
    for (const name of wanted[0] === '*' ? fields.keys() : wanted) {
      const value = fields.get(name);
      if (value === undefined || value === null) continue;
      const found =
        step < where.length - 1 ? this.#walk(value, where, step + 1, accept) : last(value, name, fields, accept);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function last<T>(
  value: unknown,
  name: string,
  owner: Fields,
  accept: (value: unknown, name: string, owner: Fields) => T | undefined,
): T | undefined {
  const found = accept(value, name, owner);
  if (found !== undefined || !Array.isArray(value)) return found;
  for (let i = 0; i < value.length && i < MAX_ELEMENTS; i++) {
    if (typeof value[i] === 'object') continue;
    const element = accept(value[i], name, owner);
    if (element !== undefined) return element;
  }
  return undefined;
}

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
export const pathTable = (paths: readonly string[]): Table<Path> => table(paths.map(path), (where) => where);

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
