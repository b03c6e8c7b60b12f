/** Where things stand in the module's memory. All of it is laid out here, so nothing that a body says can make the memory grow. */

/** Bits that are looked up at once: few codes are longer, and the tables still fit the first-level cache. */
export const LITERAL_BITS: u32 = 11;
export const OFFSET_BITS: u32 = 8;
export const REPEAT_BITS: u32 = 7;

/** Tables of 32-bit entries. Their room for codes that are longer is checked as it is given out. */
export const LITERALS: usize = 0x0000;
export const LITERALS_END: usize = 0x5000;
export const OFFSETS: usize = 0x5000;
export const OFFSETS_END: usize = 0x6000;
export const REPEATS: usize = 0x6000;
export const REPEATS_END: usize = 0x6200;

/** What each symbol of the three alphabets means: entries without the length of a code. */
export const LITERAL_MEANING: usize = 0x6200;
export const OFFSET_MEANING: usize = 0x6700;
export const REPEAT_MEANING: usize = 0x6780;

/** Bytes: the lengths of a block's codes, literals before distances, and room for a repetition that goes too far. */
export const CODES: usize = 0x6800;
/** Bytes: the lengths of the codes in which those lengths are written. */
export const REPEAT_CODES: usize = 0x6a00;
/** 16-bit: how many codes there are of each length, where the next one of it goes, and the symbols in the order of their codes. */
export const COUNTS: usize = 0x6a40;
export const STARTS: usize = 0x6a80;
export const SORTED: usize = 0x6b00;

/** 32-bit: the checksum's tables for eight bytes at once. */
export const SLICES: usize = 0x7000;
/** 64-bit: the checksum's quotient, of which the last `FOLD_REACH` words are needed. */
export const FOLD: usize = 0x9000;
export const FOLD_REACH: usize = 300;
export const FOLD_WORDS: usize = 2048;

/** What one step may read behind the input's end, or write behind the output's. */
const MARGIN: usize = 512;
export const INPUT: usize = 0x10000;
export const INPUT_ROOM: usize = 2 << 20;
export const OUTPUT: usize = INPUT + INPUT_ROOM + MARGIN;
export const OUTPUT_ROOM: usize = 8 << 20;
export const MEMORY_END: usize = OUTPUT + OUTPUT_ROOM + MARGIN;
