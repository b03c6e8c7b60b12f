import { VENDOR_KEYS } from './data/vendor-keys.ts';
import type { Range } from './range.ts';

const ALPHABETS: Readonly<Record<string, RegExp>> = {
  a: /[A-Za-z\d]*/y,
  d: /\d*/y,
  h: /[\da-fA-F]*/y,
  t: /[\w~+/=|*.-]*/y,
  u: /[\dA-Z]*/y,
  w: /[\w-]*/y,
};

/** Where the run of an alphabet ends that begins there. */
function runEnd(text: string, from: number, alphabet: RegExp): number {
  alphabet.lastIndex = from;
  alphabet.test(text);
  return alphabet.lastIndex;
}

/** `next`: what must follow. */
const partsOf = (shape: string) =>
  [...shape.matchAll(/([a-z])(\d+)([._-]?)/g)].map(([, letter = '', least, next = '']) => ({
    of: ALPHABETS[letter]!,
    least: Number(least),
    next,
  }));

const KEYS = Object.entries(VENDOR_KEYS).flatMap(([shape, prefixes]) =>
  prefixes.split(' ').map((prefix) => ({ prefix, parts: partsOf(shape) })),
);
/** Where a vendor's key may begin: no more than its fixed beginnings side by side. */
export const BEGINNINGS = new RegExp(
  `(?<![A-Za-z\\d])(?:${KEYS.map(({ prefix }) => prefix.replace(/[^\w-]/g, '\\$&')).join('|')})`,
  'g',
);

function fits(text: string, from: number, parts: ReturnType<typeof partsOf>): boolean {
  let at = from;
  for (const { of, least, next } of parts) {
    const end = runEnd(text, at, of);
    if (end - at < least || !text.startsWith(next, end)) return false;
    at = end + next.length;
  }
  return true;
}

/** Words that are vendors' keys. */
export function vendorKeys(text: string): Range[] {
  const found: Range[] = [];
  BEGINNINGS.lastIndex = 0;
  for (let match = BEGINNINGS.exec(text); match !== null; match = BEGINNINGS.exec(text)) {
    const { index } = match;
    const key = KEYS.find(
      ({ prefix, parts }) => text.startsWith(prefix, index) && fits(text, index + prefix.length, parts),
    );
    if (key === undefined) BEGINNINGS.lastIndex = index + 1;
    else {
      BEGINNINGS.lastIndex = runEnd(text, index + key.prefix.length, ALPHABETS['t']!);
      found.push({ from: index, to: BEGINNINGS.lastIndex });
    }
  }
  return found;
}
