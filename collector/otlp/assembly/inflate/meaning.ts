import { LITERAL_MEANING, OFFSET_MEANING, REPEAT_MEANING } from './layout';
import { EXCEPTION, LITERAL } from './table';

/** The end of a block has no value; a symbol that no stream may use has one. */
const END: u32 = EXCEPTION;
const INVALID: u32 = EXCEPTION | (1 << 16);

/** Writes what the symbols mean (RFC 1951, 3.2.5). */
export function meanings(): void {
  for (let byte: u32 = 0; byte < 256; byte++) literal(byte, LITERAL | (byte << 16));
  literal(256, END);
  let base: u32 = 3;
  for (let i: u32 = 0; i < 28; i++) {
    const extra: u32 = i < 8 ? 0 : (i >>> 2) - 1;
    literal(257 + i, (base << 16) | extra);
    base += 1 << extra;
  }
  literal(285, 258 << 16);
  literal(286, INVALID);
  literal(287, INVALID);
  base = 1;
  for (let i: u32 = 0; i < 30; i++) {
    const extra: u32 = i < 4 ? 0 : (i >>> 1) - 1;
    store<u32>(OFFSET_MEANING + (i << 2), (base << 16) | extra);
    base += 1 << extra;
  }
  store<u32>(OFFSET_MEANING + (30 << 2), INVALID);
  store<u32>(OFFSET_MEANING + (31 << 2), INVALID);
  for (let i: u32 = 0; i < 19; i++) store<u32>(REPEAT_MEANING + (i << 2), i << 16);
}

function literal(symbol: u32, entry: u32): void {
  store<u32>(LITERAL_MEANING + (symbol << 2), entry);
}
