import type { AttributeName } from '../../src/contract/index.ts';
import type { AttributeValue } from './record.ts';

/**
 * Attributes that many calls have in common, worked out once and encoded once: writing the same dozen texts for every span is most of what
 * a span costs. Nothing is changed once a call has it.
 */
export class Block {
  readonly names: AttributeName[] = [];
  readonly values: AttributeValue[] = [];
  /** The same as an object. */
  readonly object: Record<string, AttributeValue> = {};
  /** Names of request headers among them. */
  readonly headers: AttributeName[] = [];
  /** The same as bytes, as the output of these limits writes them: saves half of what an own span adds (6 of 14 µs). */
  wire: Uint8Array | undefined = undefined;
  wireLimits: unknown = undefined;

  set(name: AttributeName, value: AttributeValue | undefined): void {
    if (value === undefined) return;
    this.names.push(name);
    this.values.push(value);
    this.object[name] = value;
    if (name.startsWith('http.request.header.')) this.headers.push(name);
  }
}

/** The blocks of one kind that were used last, by what they are made of. */
export class Blocks<B extends Block = Block> {
  private readonly limit: number;
  /** Newest first. */
  private readonly known: { readonly parts: readonly unknown[]; readonly block: B }[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  /** @param parts compared one by one */
  find(parts: readonly unknown[]): B | undefined {
    const { known } = this;
    for (let at = 0; at < known.length; at++) {
      const found = known[at]!;
      if (!isSame(found.parts, parts)) continue;
      if (at > 0) known.unshift(...known.splice(at, 1));
      return found.block;
    }
    return undefined;
  }

  /** @param parts whatever they hold is kept alive */
  keep(parts: readonly unknown[], block: B): B {
    if (this.known.unshift({ parts, block }) > this.limit) this.known.pop();
    return block;
  }
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
