import { Memory } from '../../src/memo.ts';

/**
 * Some header names, asked for in one call's list after another. Of a list that was asked about before no name is looked at again: clients'
 * calls give the same array for the same names (`header-shape.ts`), most the one that was asked about last.
 */
export class HeaderSet {
  private readonly names: ReadonlySet<string>;
  private readonly known = Memory.part(() => new WeakMap<readonly string[], readonly string[]>());
  private newest: readonly string[] | undefined = undefined;
  private found: readonly string[] = [];

  /** @param names in lower case */
  constructor(names: Iterable<string>) {
    this.names = new Set(names);
  }

  /** Those of them that are in the list. */
  in(list: readonly string[]): readonly string[] {
    if (list === this.newest) return this.found;
    const answers = this.known();
    let found = answers.get(list);
    if (found === undefined) {
      found = list.filter((name) => this.names.has(name));
      answers.set(list, found);
    }
    this.newest = list;
    this.found = found;
    return found;
  }

  /** Whether one of them is in the list. */
  meets(list: readonly string[]): boolean {
    return this.in(list).length > 0;
  }
}
