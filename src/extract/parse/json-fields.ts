import { firstOf } from '../../lists.ts';
import { CutText } from '../../tolerant-json.ts';

/**
 * Reading a parsed body by the names vendors mean, not by the letters they use: `errorCode`, `error_code`, `Error-Code` and
 * `o:errorCode` are one name. Look-ups never reach a prototype and never go deeper or wider than stated.
 */
const MAX_KEYS = 128;
const MAX_ELEMENTS = 4;
const MAX_VISITED = 64;
const MAX_DEPTH = 5;
const PLAIN = /^[a-z\d]+$/;

/** The key in lower case, without separators and without a namespace; empty for one that is too long to be a name. */
export function nameOf(key: string): string {
  if (key.length > 64) return '';
  if (PLAIN.test(key) || key.startsWith('__') || key.startsWith('@')) return key;
  const local = key.slice(Math.max(key.lastIndexOf(':'), key.lastIndexOf('.')) + 1);
  return (local === '' ? key : local).toLowerCase().replace(/[_\- ]/g, '');
}

export type Fields = ReadonlyMap<string, unknown>;

export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Steps of a path; alternatives in the order they are tried. `*` is every key. */
export type Path = readonly (readonly string[])[];

/** `error.code|type` → the value of `code`, else of `type`, in `error`. */
export const path = (text: string): Path => text.split('.').map((step) => step.split('|'));

export const paths = (texts: readonly string[] | undefined): Path[] => (texts ?? []).map(path);

/** What a value on a path is taken for; undefined for nothing. */
type Accept<T> = (value: unknown, name: string, owner: Fields) => T | undefined;

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
  first<T>(where: Path, accept: Accept<T>): T | undefined {
    return this.#walk(this.root, where, 0, accept);
  }

  /** The first value on any of the paths. */
  firstOf<T>(paths: Iterable<Path>, accept: Accept<T>): T | undefined {
    return firstOf(paths, (where) => this.first(where, accept));
  }

  /** Objects breadth-first, the root first: 64 values and five levels at most, through the fields whose names fit. */
  *objects(into: (name: string) => boolean): Generator<Fields> {
    const queue: [node: unknown, depth: number][] = [[this.root, 0]];
    for (let i = 0; i < queue.length && i < MAX_VISITED; i++) {
      const [node, depth] = queue[i]!;
      if (Array.isArray(node)) {
        for (const element of node.slice(0, MAX_ELEMENTS)) if (!Array.isArray(element)) queue.push([element, depth]);
      } else if (isObject(node) && !(node instanceof CutText)) {
        const fields = this.fields(node);
        yield fields;
        for (const [name, value] of depth < MAX_DEPTH ? fields : [])
          if (typeof value === 'object' && value !== null && into(name)) queue.push([value, depth + 1]);
      }
    }
  }

  #walk<T>(node: unknown, where: Path, step: number, accept: Accept<T>): T | undefined {
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

function last<T>(value: unknown, name: string, owner: Fields, accept: Accept<T>): T | undefined {
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
  const indexes = new Set<number>();
  for (const name of reader.fields(root).keys()) for (const index of byFirst.get(name) ?? []) indexes.add(index);
  return [...indexes].sort((x, y) => x - y).map((index) => rows[index]!);
}
