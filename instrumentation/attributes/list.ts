import type { AttributeName } from '../../src/contract/index.ts';
import type { Attributes, AttributeValue } from '../span/record.ts';

/**
 * One call's attributes in the order they were set. Two plain lists, used again for the next call: an object of two dozen properties
 * per call, set under conditions, costs more than writing them to the wire. A name is set once; the list does not look.
 */
export class AttributeList {
  private readonly names: AttributeName[] = [];
  private readonly values: AttributeValue[] = [];
  size = 0;

  set(name: AttributeName, value: AttributeValue): void {
    this.names[this.size] = name;
    this.values[this.size++] = value;
  }

  nameAt(index: number): AttributeName {
    return this.names[index]!;
  }
  valueAt(index: number): AttributeValue {
    return this.values[index]!;
  }

  get(name: AttributeName): AttributeValue | undefined {
    for (let i = 0; i < this.size; i++) if (this.names[i] === name) return this.values[i];
    return undefined;
  }

  clear(): this {
    this.size = 0;
    return this;
  }

  toObject(): Attributes {
    const object: Record<string, AttributeValue> = {};
    for (let i = 0; i < this.size; i++) object[this.names[i]!] = this.values[i]!;
    return object;
  }
}
