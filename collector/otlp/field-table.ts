import { equalBytes, hashBytes, viewOf } from '../../src/aggregate/bytes.ts';
import type { Field } from '../../src/aggregate/fields.ts';

const encoder = new TextEncoder();

/** Finds an attribute key's field by the key's bytes. */
export class FieldTable {
  readonly kinds: Int32Array;
  readonly targets: Int32Array;
  private readonly keys: DataView[];
  private readonly slots: Int8Array;
  private readonly mask: number;

  constructor(fields: Readonly<Record<string, Field>>) {
    const rows = Object.entries(fields);
    this.kinds = Int32Array.from(rows, ([, f]) => f.kind);
    this.targets = Int32Array.from(rows, ([, f]) => f.target);
    this.keys = rows.map(([key]) => viewOf(encoder.encode(key)));
    let size = 64;
    while (size < rows.length * 4) size *= 2;
    this.mask = size - 1;
    this.slots = new Int8Array(size);
    for (const [i, key] of this.keys.entries()) {
      let slot = hashBytes(key, 0, key.byteLength) & this.mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = i + 1;
    }
  }

  /** As `find`, for a key that had to be made into text. */
  findText(key: string): number {
    const bytes = encoder.encode(key);
    return this.find(viewOf(bytes), 0, bytes.length);
  }

  /** The field's number, or -1 for a key the metrics do not read. */
  find(view: DataView, start: number, end: number): number {
    for (let slot = hashBytes(view, start, end) & this.mask; ; slot = (slot + 1) & this.mask) {
      const field = this.slots[slot]! - 1;
      if (field < 0) return -1;
      const key = this.keys[field]!;
      if (key.byteLength === end - start && equalBytes(view, start, key, 0, end - start)) return field;
    }
  }
}
