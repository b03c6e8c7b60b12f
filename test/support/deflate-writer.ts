/** In which order the lengths of the codes for lengths are written (RFC 1951, 3.2.7). */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Writes deflate blocks with codes of one's own (RFC 1951), as no compressor does: long codes, damaged codes, any symbol. */
export class DeflateWriter {
  private readonly bytes: number[] = [];
  private free = 0;

  /** First bit lowest. */
  bits(value: number, count: number): void {
    for (let i = 0; i < count; i++) {
      if (this.free === 0) {
        this.bytes.push(0);
        this.free = 8;
      }
      this.bytes[this.bytes.length - 1]! |= ((value >>> i) & 1) << (8 - this.free);
      this.free--;
    }
  }

  /** A symbol, whose code is written last bit first. */
  symbol(codes: readonly Code[], symbol: number): void {
    const { code, length } = codes[symbol]!;
    for (let i = length - 1; i >= 0; i--) this.bits(code >>> i, 1);
  }

  /** The head of a block with the given code lengths. Each is written as it is; the first three as a repetition of none before, if asked for. */
  head(last: boolean, literals: readonly number[], offsets: readonly number[], repeatFirst = false): void {
    this.bits(Number(last), 1);
    this.bits(2, 2);
    this.bits(literals.length - 257, 5);
    this.bits(offsets.length - 1, 5);
    this.bits(15, 4);
    // Codes of four bits for the lengths 0 to 14, of five for 15 and for a repetition.
    const lengths = [...Array(15).fill(4), 5, 5, 0, 0];
    for (const symbol of ORDER) this.bits(lengths[symbol]!, 3);
    const codes = codesOf(lengths);
    if (repeatFirst) {
      this.symbol(codes, 16);
      this.bits(0, 2);
    }
    for (const length of [...literals, ...offsets].slice(repeatFirst ? 3 : 0)) this.symbol(codes, length);
  }

  get done(): Buffer {
    return Buffer.from(this.bytes);
  }
}

export interface Code {
  readonly code: number;
  readonly length: number;
}

/** The canonical codes of these lengths (RFC 1951, 3.2.2). */
export function codesOf(lengths: readonly number[]): Code[] {
  const next: number[] = [];
  let code = 0;
  for (let length = 1; length <= 15; length++) {
    next[length] = code;
    code = (code + lengths.filter((l) => l === length).length) << 1;
  }
  return lengths.map((length) => ({ length, code: length === 0 ? 0 : next[length]!++ }));
}

/** Lengths of a complete code for `used` of `symbols` symbols: a code is split into two as long as there are too few. */
export function completeCode(random: () => number, symbols: number, used: number): number[] {
  const lengths = [1, 1];
  const skew = random() < 0.5;
  while (lengths.length < used) {
    const open = lengths.flatMap((length, at) => (length < 15 ? [at] : []));
    const at = open[skew ? open.length - 1 : Math.floor(random() * open.length)]!;
    lengths[at]!++;
    lengths.push(lengths[at]!);
  }
  const all = Array.from({ length: symbols }, (_, i) => lengths[i] ?? 0);
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all;
}
