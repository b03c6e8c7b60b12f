/** Frames that say their own length. Of each its first bytes are kept, of which the rest is counted past. */
export abstract class Frames {
  private readonly prefix: Buffer;
  private have = 0;
  /** What of the frame is still to come. */
  private left = 0;
  private kept: Buffer | undefined = undefined;
  private keptLength = 0;
  /** The stream is not what it says it is; nothing more is read. */
  protected isBroken = false;

  /** @param prefix bytes before each frame's own */
  constructor(prefix: number) {
    this.prefix = Buffer.alloc(prefix);
  }

  add(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && !this.isBroken; ) {
      if (this.have < this.prefix.length) at = this.readPrefix(chunk, at);
      else at = this.readFrame(chunk, at);
      if (this.have === this.prefix.length && this.left === 0) this.close();
    }
  }

  private readPrefix(chunk: Uint8Array, at: number): number {
    const { prefix } = this;
    while (at < chunk.length && this.have < prefix.length) prefix[this.have++] = chunk[at++]!;
    if (this.have < prefix.length) return at;
    const { length, keep } = this.open(prefix);
    this.left = length;
    if (keep > 0) this.kept = Buffer.allocUnsafe(Math.min(keep, length));
    return at;
  }

  private readFrame(chunk: Uint8Array, at: number): number {
    const part = Math.min(this.left, chunk.length - at);
    const { kept } = this;
    if (kept !== undefined && this.keptLength < kept.length) {
      const fits = Math.min(part, kept.length - this.keptLength);
      kept.set(chunk.subarray(at, at + fits), this.keptLength);
      this.keptLength += fits;
    }
    this.left -= part;
    return at + part;
  }

  private close(): void {
    if (this.kept !== undefined) this.onFrame(this.prefix, this.kept.subarray(0, this.keptLength));
    this.have = 0;
    this.keptLength = 0;
    this.kept = undefined;
  }

  /** The bytes that follow this prefix, and how many of them are worth keeping. */
  protected abstract open(prefix: Buffer): { readonly length: number; readonly keep: number };
  protected abstract onFrame(prefix: Buffer, bytes: Buffer): void;
}
