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

/** Two generations of hashes: a full or outdated one becomes the older, and the older is forgotten. At most 8192 numbers. */
export function createRepeatedReads() {
  let young = new Map<number, number>();
  let old = new Map<number, number>();
  let since = 0;
  return {
    /** Notes a read and says whether the same URL was read in the last ten seconds. */
    seen(hash: number, nowMs: number): boolean {
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

/** So much is hashed whole; of a longer body so many pieces of such a length, its end among them. */
const WHOLE = 16 * 1024;
const PIECES = 64;
const PIECE = 256;

type Bytes = string | Uint8Array;

const textOf = (body: Bytes, from = 0, to = body.length): string =>
  typeof body === 'string'
    ? body.slice(from, to)
    : Buffer.from(body.buffer, body.byteOffset + from, to - from).toString('latin1');

/**
 * Print of a request's body: the same for the same bytes, 0 for none. Two long bodies of one length that differ in no piece that is looked at have
 * the same.
 */
export function bodyPrint(body: Bytes): number {
  const { length } = body;
  if (length === 0) return 0;
  if (length <= WHOLE) return hash53(textOf(body));
  let text = `${length}`;
  for (let i = 0; i < PIECES; i++) {
    const from = Math.floor((i * (length - PIECE)) / (PIECES - 1));
    text += textOf(body, from, from + PIECE);
  }
  return hash53(text);
}

/**
 * A body that is sent in pieces: its beginning is kept until somebody asks for the print, of the rest its length counts. Kept as text: the
 * memory of a piece is the application's, to be used again once it was written.
 */
export class SentPieces {
  private pieces: (string | number)[] = [];
  length = 0;
  private count = 0;

  add(piece: unknown): void {
    if (!(typeof piece === 'string' || piece instanceof Uint8Array) || piece.length === 0) return;
    if (this.length <= WHOLE) this.pieces.push(piece.length <= WHOLE ? textOf(piece) : bodyPrint(piece));
    this.length += piece.length;
    this.count++;
  }

  print(): number {
    const [first] = this.pieces;
    if (first === undefined) return 0;
    if (this.count === 1) return typeof first === 'number' ? first : bodyPrint(first);
    return hash53(`${this.length} ${this.pieces.join('')}`);
  }
}
