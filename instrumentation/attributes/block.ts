import type { AttributeName } from '../../src/contract/index.ts';
import type { AttributeValue } from '../span/record.ts';

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
