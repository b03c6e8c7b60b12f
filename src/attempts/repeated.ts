/** `api.request.repeated` looks back this far. */
export const REPEAT_WINDOW_MS = 10_000;
/** Per generation; two are kept. */
const MAX_ENTRIES = 4096;

/** 53-bit string hash (cyrb53): cheap, and two URLs meeting in it only mark one read too many. */
export function hash53(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 2654435761);
    b = Math.imul(b ^ c, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}

export interface RepeatedReads {
  /** Notes a read and says whether the same URL was read in the last ten seconds. */
  seen(hash: number, nowMs: number): boolean;
}

/** Two generations of hashes: a full or outdated one becomes the older, and the older is forgotten. At most 8192 numbers. */
export function createRepeatedReads(): RepeatedReads {
  let young = new Map<number, number>();
  let old = new Map<number, number>();
  let since = 0;
  return {
    seen(hash, nowMs) {
      if (young.size >= MAX_ENTRIES || nowMs - since > REPEAT_WINDOW_MS) {
        old = young;
        young = new Map();
        since = nowMs;
      }
      const before = young.get(hash) ?? old.get(hash);
      young.set(hash, nowMs);
      return before !== undefined && nowMs - before <= REPEAT_WINDOW_MS;
    },
  };
}
