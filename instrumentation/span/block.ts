import type { AttributeName } from '../../src/contract/index.ts';
import type { AttributeValue } from './record.ts';

/**
 * Attributes that many calls have in common, worked out once and encoded once: writing the same dozen texts for every span is most of what
 * a span costs. Nothing is changed once a call has it.
 */
export class Block {
  readonly names: AttributeName[] = [];
  readonly values: AttributeValue[] = [];
  /** The same as bytes, made and read by the one output that a process has. */
  wire: Uint8Array | undefined = undefined;

  set(name: AttributeName, value: AttributeValue): this {
    this.names.push(name);
    this.values.push(value);
    return this;
  }
}

/** The block of one attribute that has few values. */
export class Few<Value extends string | boolean> {
  private readonly name: AttributeName;
  private readonly blocks = new Map<Value, Block>();

  constructor(name: AttributeName) {
    this.name = name;
  }

  of(value: Value): Block {
    let block = this.blocks.get(value);
    if (block === undefined) {
      block = new Block().set(this.name, value);
      this.blocks.set(value, block);
    }
    return block;
  }
}
