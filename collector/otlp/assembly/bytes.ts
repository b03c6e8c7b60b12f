/**
 * Whether two strings of `length` bytes are the same; there are eight or more. Most have up to 32, which takes two comparisons whose words may
 * overlap, and no loop: how often one runs is what a processor guesses worst.
 */
export function sameLong(a: usize, b: usize, length: usize): bool {
  if (length <= 16) {
    const last = length - 8;
    return ((load<u64>(a) ^ load<u64>(b)) | (load<u64>(a + last) ^ load<u64>(b + last))) === 0;
  }
  const last = length - 16;
  for (let i: usize = 16; i < last; i += 16) if (v128.any_true(differences(a + i, b + i))) return false;
  return !v128.any_true(v128.or(differences(a, b), differences(a + last, b + last)));
}

function differences(a: usize, b: usize): v128 {
  return v128.xor(v128.load(a), v128.load(b));
}

/** Up to eight bytes as a word; what stands behind them is read, but left out. */
export function shortWord(at: usize, length: usize): u64 {
  return load<u64>(at) & (u64.MAX_VALUE >>> (64 - ((<u64>length) << 3)));
}
