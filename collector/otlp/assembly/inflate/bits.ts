/** The bit buffer: the next bits of the input, first one lowest. `count` of them are there; above them may stand bits that come again. */
export let at: usize = 0;
export let bits: u64 = 0;
export let count: u64 = 0;

export function begin(position: usize): void {
  at = position;
  bits = 0;
  count = 0;
}

/** What a loop that kept them in locals leaves. */
export function resume(position: usize, buffer: u64, left: u64): void {
  at = position;
  bits = buffer;
  count = left;
}

/** Fills the buffer to 56 bits or more. */
export function refill(): void {
  bits |= load<u64>(at) << count;
  at += <usize>(63 - count) >>> 3;
  count |= 56;
}

export function drop(many: u64): void {
  bits >>>= many;
  count -= many;
}

export function take(many: u64): u32 {
  const value = <u32>bits & ((1 << (<u32>many)) - 1);
  drop(many);
  return value;
}

/** Drops what is left of the byte, and gives the whole bytes back. */
export function toByte(): void {
  begin(at - <usize>(count >>> 3));
}
