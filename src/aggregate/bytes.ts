/** Hashing and comparing short byte strings four bytes at a time; loops over single bytes cost several times more. */

/** Samples the length and up to four words. Collisions can be forced, so every table over it bounds its probes. */
export function hashBytes(view: DataView, start: number, end: number): number {
  const length = end - start;
  let h = Math.imul(length, 0x9e3779b1);
  if (length >= 4) {
    h = Math.imul(h ^ view.getInt32(start, true), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 15) ^ view.getInt32(end - 4, true), 0xc2b2ae35);
    if (length > 8) {
      h = Math.imul(h ^ (h >>> 13) ^ view.getInt32(start + (length >> 1) - 2, true), 0x27d4eb2f);
      if (length > 16) h = Math.imul(h ^ (h >>> 15) ^ view.getInt32(start + (length >> 2), true), 0x9e3779b1);
    }
  } else {
    for (let i = start; i < end; i++) h = Math.imul(h ^ view.getUint8(i), 0x85ebca6b);
  }
  return h ^ (h >>> 16);
}

export function equalBytes(a: DataView, aStart: number, b: DataView, bStart: number, length: number): boolean {
  if (length < 4) {
    for (let i = 0; i < length; i++) if (a.getUint8(aStart + i) !== b.getUint8(bStart + i)) return false;
    return true;
  }
  // The last word may overlap the one before.
  const last = length - 4;
  for (let i = 0; i < last; i += 4) if (a.getInt32(aStart + i, true) !== b.getInt32(bStart + i, true)) return false;
  return a.getInt32(aStart + last, true) === b.getInt32(bStart + last, true);
}

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
