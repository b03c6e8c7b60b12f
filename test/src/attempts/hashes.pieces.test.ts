import { expect, it } from 'vitest';
import { bodyPrint, SentPieces } from '../../../src/attempts/index.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const printOf = (...pieces: unknown[]): number => {
  const sent = new SentPieces();
  for (const piece of pieces) sent.add(piece);
  return sent.print();
};

it('tells bodies apart by what was sent, also when the memory of a piece is used again', () => {
  const reused = bytes('first  ');
  const first = new SentPieces();
  first.add(reused);
  reused.set(bytes('second '));
  const second = new SentPieces();
  second.add(reused);
  reused.fill(0);
  expect(first.print()).toBe(bodyPrint(bytes('first  ')));
  expect(second.print()).toBe(bodyPrint(bytes('second ')));
});

it('is the print of the whole for one piece, another for other pieces, and none without any', () => {
  expect(printOf()).toBe(0);
  expect(printOf('', null, bytes(''))).toBe(0);
  expect(printOf('whole')).toBe(bodyPrint('whole'));
  const long = 'x'.repeat(40_000);
  expect(printOf(long)).toBe(bodyPrint(long));
  expect(printOf(long, 'a')).not.toBe(printOf(long, 'bb'));
  expect(printOf('a', 'b')).not.toBe(printOf('a', 'c'));
});
