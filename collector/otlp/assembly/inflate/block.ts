import { at, begin, bits, count, resume, toByte } from './bits';
import { LITERAL_BITS, LITERALS, OFFSET_BITS, OFFSETS, OUTPUT } from './layout';
import { EXCEPTION, LONGER } from './table';

/** Where the output ends. */
export let out: usize = OUTPUT;

export function start(): void {
  out = OUTPUT;
}

/** Copies a stored block. */
export function stored(inputEnd: usize, outputEnd: usize): bool {
  toByte();
  const length = <usize>load<u16>(at);
  if ((length ^ <usize>load<u16>(at, 2)) !== 0xffff) return false;
  const from = at + 4;
  if (from + length > inputEnd || out + length > outputEnd) return false;
  memory.copy(out, from, length);
  out += length;
  begin(from + length);
  return true;
}

const LITERAL_MASK: u32 = (1 << LITERAL_BITS) - 1;
const OFFSET_MASK: u32 = (1 << OFFSET_BITS) - 1;

function literalEntry(bits: u64): u32 {
  return load<u32>(LITERALS + ((<usize>(<u32>bits & LITERAL_MASK)) << 2));
}

/** The entry that one with LONGER refers to; the bits of the first look-up have been dropped. */
function longerEntry(table: usize, entry: u32, bits: u64): u32 {
  const index = (entry >>> 16) + (<u32>bits & ((1 << (entry >>> 8)) - 1));
  return load<u32>(table + ((<usize>index) << 2));
}

/** A length or distance: its base and the extra bits that stand behind its code. Shifts take the lowest six bits of their count. */
function withExtra(entry: u32, bits: u64): usize {
  return <usize>(entry >>> 16) + <usize>((bits & ~((<u64>-1) << (<u64>entry))) >>> <u64>(entry >>> 8));
}

/** Copies a match; up to 15 bytes behind it are overwritten, too. */
function copy(from: usize, distance: usize, length: usize): void {
  let to = from;
  const end = to + length;
  let source = to - distance;
  if (distance >= 16) {
    do {
      v128.store(to, v128.load(source));
      to += 16;
      source += 16;
    } while (to < end);
  } else {
    const step: usize = distance >= 8 ? 8 : distance;
    do {
      store<u64>(to, load<u64>(source));
      to += step;
      source += step;
    } while (to < end);
  }
}

/**
 * Decodes a block whose tables are built, up to its end. There are 56 bits or more after a refill: enough for four literals, or three and a
 * length. The state is in locals, and of `n` only the lowest six bits count between two refills.
 */
export function block(outputEnd: usize): bool {
  let p = at;
  let b = bits;
  let n = count;
  let to = out;
  // Each turn writes a byte at least, so this bounds what is read behind the input's end, too.
  while (to <= outputEnd) {
    n &= 63;
    b |= load<u64>(p) << n;
    p += <usize>(63 - n) >>> 3;
    n |= 56;
    let entry = literalEntry(b);
    if (<i32>entry < 0) {
      store<u8>(to++, entry >>> 16);
      b >>>= <u64>entry;
      n -= <u64>entry;
      entry = literalEntry(b);
      if (<i32>entry < 0) {
        store<u8>(to++, entry >>> 16);
        b >>>= <u64>entry;
        n -= <u64>entry;
        entry = literalEntry(b);
        if (<i32>entry < 0) {
          store<u8>(to++, entry >>> 16);
          b >>>= <u64>entry;
          n -= <u64>entry;
          entry = literalEntry(b);
          if (<i32>entry < 0) {
            store<u8>(to++, entry >>> 16);
            b >>>= <u64>entry;
            n -= <u64>entry;
            continue;
          }
        }
      }
    }
    if ((entry & EXCEPTION) !== 0) {
      if ((entry & LONGER) !== 0) {
        b >>>= LITERAL_BITS;
        n -= LITERAL_BITS;
        entry = longerEntry(LITERALS, entry, b);
        if (<i32>entry < 0) {
          store<u8>(to++, entry >>> 16);
          b >>>= <u64>entry;
          n -= <u64>entry;
          continue;
        }
      }
      if ((entry & EXCEPTION) !== 0) {
        resume(p, b >>> <u64>entry, (n - <u64>entry) & 63);
        out = to;
        return entry >>> 16 === 0;
      }
    }
    const length = withExtra(entry, b);
    b >>>= <u64>entry;
    n = (n - <u64>entry) & 63;
    b |= load<u64>(p) << n;
    p += <usize>(63 - n) >>> 3;
    n |= 56;
    entry = load<u32>(OFFSETS + ((<usize>(<u32>b & OFFSET_MASK)) << 2));
    if ((entry & EXCEPTION) !== 0) {
      if ((entry & LONGER) === 0) return false;
      b >>>= OFFSET_BITS;
      n -= OFFSET_BITS;
      entry = longerEntry(OFFSETS, entry, b);
      if ((entry & EXCEPTION) !== 0) return false;
    }
    const distance = withExtra(entry, b);
    b >>>= <u64>entry;
    n -= <u64>entry;
    if (distance > to - OUTPUT) return false;
    copy(to, distance, length);
    to += length;
  }
  return false;
}
