import type { AttributeName } from '../../src/contract/index.ts';
import type { Block } from './block.ts';
import type { Attributes, AttributeValue } from './record.ts';

/**
 * One call's attributes: the blocks it has in common with others, then its own in the order they were set. Plain lists, used again for
 * the next call: an object of two dozen properties per call, set under conditions, costs more than writing them to the wire. A name is set
 * once; the list does not look.
 */
export class AttributeList {
  readonly blocks: Block[] = [];
  /** The call's own; what stands behind {@link own} is an earlier call's. */
  readonly names: AttributeName[] = [];
  readonly values: AttributeValue[] = [];
  /** How many attributes are the call's own. */
  own = 0;

  set(name: AttributeName, value: AttributeValue | undefined): void {
    if (value === undefined) return;
    this.names[this.own] = name;
    this.values[this.own++] = value;
  }

  share(block: Block): void {
    this.blocks.push(block);
  }

  /** How many attributes there are in all. */
  get size(): number {
    return this.blocks.reduce((sum, { names }) => sum + names.length, this.own);
  }

  get(name: AttributeName): AttributeValue | undefined {
    let found: AttributeValue | undefined;
    this.each((other, value) => {
      if (other === name) found = value;
    });
    return found;
  }

  /** Of every attribute. */
  each(visit: (name: AttributeName, value: AttributeValue) => void): void {
    for (const { names, values } of this.blocks) for (let i = 0; i < names.length; i++) visit(names[i]!, values[i]!);
    for (let i = 0; i < this.own; i++) visit(this.names[i]!, this.values[i]!);
  }

  /** Takes back what was set last. */
  takeBack(): void {
    this.own--;
  }

  clear(): this {
    this.own = 0;
    this.blocks.length = 0;
    return this;
  }

  toObject(): Attributes {
    return this.addedTo({});
  }

  /**
   * These and those of an object. Spread, because to store name by name, which `Object.assign` does as well, makes a dictionary of an object, which
   * whoever encodes it pays for.
   */
  addedTo<T>(object: Readonly<Record<string, T>>): Record<string, T | AttributeValue> {
    const own: Record<string, AttributeValue> = {};
    for (let i = 0; i < this.own; i++) own[this.names[i]!] = this.values[i]!;
    // no call has more of them: what they have in common, how they failed, what they sent and what was said
    if (this.blocks.length > 4) throw new Error('an attribute list has more blocks than are spread');
    const [a, b, c, d] = this.blocks;
    return { ...object, ...a?.object, ...b?.object, ...c?.object, ...d?.object, ...own };
  }
}
