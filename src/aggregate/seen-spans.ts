/** Span IDs that are remembered, as a power of two. */
const SPANS = 1 << 15;

/**
 * The failed spans seen of late: one slot per ID, which a newer ID takes over. So memory stays the same, and an ID is forgotten after some
 * thousands of others, or at once by the rare one that takes its slot.
 */
export class SeenSpans {
  private readonly upper = new Int32Array(SPANS);
  private readonly lower = new Int32Array(SPANS);
  private readonly copied = new Uint8Array(SPANS);
  /** How many spans were known already. */
  repeated = 0;

  /**
   * Whether the span whose ID are the eight bytes at `at` was seen before, and this or that one is a copy; remembers it. What a sender merely
   * repeats is counted again, as with any OTLP receiver. A span without an ID (-1, or all zero) was never seen.
   */
  again(bytes: Uint8Array, at: number, isCopy: boolean): boolean {
    if (at < 0) return false;
    const upper = wordAt(bytes, at);
    const lower = wordAt(bytes, at + 4);
    if (upper === 0 && lower === 0) return false;
    const slot = (upper ^ lower) & (SPANS - 1);
    const known = this.upper[slot] === upper && this.lower[slot] === lower;
    if (known && (isCopy || this.copied[slot] === 1)) {
      this.repeated++;
      return true;
    }
    this.upper[slot] = upper;
    this.lower[slot] = lower;
    this.copied[slot] = isCopy ? 1 : 0;
    return false;
  }
}

const wordAt = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
