export type Numbers = Float64Array | Int32Array | Uint8Array;

/** The same numbers with room for more. */
export function widened<A extends Numbers>(array: A, length: number): A {
  const wider = new (array.constructor as new (length: number) => A)(length);
  wider.set(array);
  return wider;
}

/** Finds the row number of a tuple of small integers. Open addressing; keys stand in one Int32Array, rows never move. */
export class KeyTable {
  readonly width: number;
  size = 0;
  keys: Int32Array;
  private slots: Int32Array;
  private mask: number;

  constructor(width: number, capacity = 64) {
    this.width = width;
    this.keys = new Int32Array(capacity * width);
    this.slots = new Int32Array(capacity * 2);
    this.mask = capacity * 2 - 1;
  }

  /** The row of `from[at..at+width)`, or -1. */
  find(from: Int32Array, at: number): number {
    const { width, keys, slots, mask } = this;
    for (let slot = this.hash(from, at) & mask; ; slot = (slot + 1) & mask) {
      const row = slots[slot]! - 1;
      if (row < 0) return -1;
      let i = 0;
      const base = row * width;
      while (i < width && keys[base + i] === from[at + i]) i++;
      if (i === width) return row;
    }
  }

  /** Adds a tuple known to be absent and returns its row. */
  add(from: Int32Array, at: number): number {
    if ((this.size + 1) * this.width > this.keys.length) this.grow();
    const row = this.size++;
    for (let i = 0; i < this.width; i++) this.keys[row * this.width + i] = from[at + i]!;
    this.place(row);
    return row;
  }

  private place(row: number): void {
    let slot = this.hash(this.keys, row * this.width) & this.mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & this.mask;
    this.slots[slot] = row + 1;
  }

  private hash(from: Int32Array, at: number): number {
    const { width } = this;
    const end = at + (width & ~1);
    // Two chains, which a processor works on at once: a multiplication takes longest to wait for.
    let a = 0x9e3779b1;
    let b = 0x27d4eb2f;
    for (let i = at; i < end; i += 2) {
      a = Math.imul(a ^ from[i]!, 0x85ebca6b);
      b = Math.imul(b ^ from[i + 1]!, 0xc2b2ae35);
      a ^= a >>> 15;
      b ^= b >>> 13;
    }
    if ((width & 1) === 1) a = Math.imul(a ^ from[end]!, 0x85ebca6b);
    a ^= b;
    return (a ^ (a >>> 15)) >>> 0;
  }

  private grow(): void {
    this.keys = widened(this.keys, this.keys.length * 2);
    this.slots = new Int32Array(this.slots.length * 2);
    this.mask = this.slots.length - 1;
    for (let row = 0; row < this.size; row++) this.place(row);
  }
}
