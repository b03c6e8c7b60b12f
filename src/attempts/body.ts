import { hash53 } from './repeated.ts';

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

/** A body that is sent in pieces: its beginning is kept until somebody asks for the print, of the rest its length counts. */
export class SentPieces {
  private pieces: (Bytes | number)[] = [];
  private length = 0;

  add(piece: unknown): void {
    if (!(typeof piece === 'string' || piece instanceof Uint8Array) || piece.length === 0) return;
    // long ones are the application's memory
    if (this.length <= WHOLE) this.pieces.push(piece.length <= WHOLE ? piece : bodyPrint(piece));
    this.length += piece.length;
  }

  print(): number {
    const [first, second] = this.pieces;
    if (first === undefined) return 0;
    if (second === undefined) return typeof first === 'number' ? first : bodyPrint(first);
    return hash53(
      `${this.length} ${this.pieces.map((piece) => (typeof piece === 'number' ? piece : textOf(piece))).join('')}`,
    );
  }
}
