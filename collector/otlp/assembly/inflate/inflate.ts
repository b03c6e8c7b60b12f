import { at, begin, count, refill, take, toByte } from './bits';
import { block, out, start, stored } from './block';
import { dynamicTables, fixedTables } from './codes';
import { slices } from './crc';
import { INPUT, INPUT_ROOM, MEMORY_END, OUTPUT, OUTPUT_ROOM } from './layout';
import { meanings } from './meaning';

export { crc } from './crc';
export { INPUT, INPUT_ROOM, MEMORY_END, OUTPUT, OUTPUT_ROOM };

/** Asks the caller to let zlib judge the body. */
export const UNUSUAL: i32 = -1;

meanings();
slices();

/**
 * Inflates the deflate stream (RFC 1951) that begins `from` bytes behind INPUT and must end at `to`. At most `room` bytes are written at OUTPUT.
 * Returns how many they are; UNUSUAL for what is damaged, does not fit, or is sound but rare.
 */
export function inflate(from: usize, to: usize, room: usize): i32 {
  const inputEnd = INPUT + to;
  const outputEnd = OUTPUT + room;
  if (to > INPUT_ROOM || room > OUTPUT_ROOM) return UNUSUAL;
  begin(INPUT + from);
  start();
  let last = false;
  do {
    refill();
    // Bits that are not there are read as what stands behind the input; that is noticed here.
    if (at - <usize>(count >>> 3) >= inputEnd) return UNUSUAL;
    last = take(1) !== 0;
    const type = take(2);
    const sound =
      type === 2
        ? dynamicTables() && block(outputEnd)
        : type === 1
          ? fixedTables() && block(outputEnd)
          : type === 0 && stored(inputEnd, outputEnd);
    if (!sound) return UNUSUAL;
  } while (!last);
  toByte();
  return at === inputEnd && out <= outputEnd ? <i32>(out - OUTPUT) : UNUSUAL;
}
