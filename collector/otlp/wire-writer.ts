/** The few protobuf messages that are answered, written by hand. */

const text = new TextEncoder();

export function varint(value: number): number[] {
  const out: number[] = [];
  let v = value;
  for (; v > 127; v = Math.floor(v / 128)) out.push((v % 128) | 128);
  return [...out, v];
}

/** A length-delimited field. */
export const field = (number: number, bytes: ArrayLike<number>): number[] => [
  number * 8 + 2,
  ...varint(bytes.length),
  ...Array.from(bytes),
];

export const textField = (number: number, value: string): number[] => field(number, text.encode(value));
