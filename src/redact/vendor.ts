import { VENDOR_KEYS } from './data/vendor-keys.ts';
import { isAlnum, isWordCode, type Range } from './range.ts';

type Test = (c: number) => boolean;
const isDigit: Test = (c) => c >= 48 && c <= 57;
const isTail: Test = (c) => isWordCode(c) || c === 126 || c === 43 || c === 47 || c === 61 || c === 124 || c === 42;
const ALPHABETS: Readonly<Record<string, Test>> = {
  a: isAlnum,
  d: isDigit,
  h: (c) => isDigit(c) || (c >= 97 && c <= 102) || (c >= 65 && c <= 70),
  t: isTail,
  u: (c) => isDigit(c) || (c >= 65 && c <= 90),
  w: (c) => isAlnum(c) || c === 95 || c === 45,
};

interface Part {
  readonly of: Test;
  readonly least: number;
  /** Character code of what must follow; 0 for nothing. */
  readonly next: number;
}
interface Key {
  readonly prefix: string;
  readonly parts: readonly Part[];
}

const partsOf = (shape: string): Part[] =>
  [...shape.matchAll(/([a-z])(\d+)([._-]?)/g)].map(([, letter, least, then]) => ({
    of: ALPHABETS[letter!]!,
    least: Number(least),
    next: then === '' ? 0 : then!.charCodeAt(0),
  }));

/** By the code of the first letter; every word of every text is looked at by them. */
const BY_FIRST: (Key[] | undefined)[] = new Array(128).fill(undefined);
for (const [shape, prefixes] of Object.entries(VENDOR_KEYS))
  for (const prefix of prefixes.split(' ')) {
    const first = prefix.charCodeAt(0);
    BY_FIRST[first] = [...(BY_FIRST[first] ?? []), { prefix, parts: partsOf(shape) }];
  }

function fits(text: string, from: number, parts: readonly Part[]): boolean {
  let at = from;
  for (const { of, least, next } of parts) {
    const start = at;
    while (at < text.length && of(text.charCodeAt(at))) at++;
    if (at - start < least) return false;
    if (next !== 0 && text.charCodeAt(at++) !== next) return false;
  }
  return true;
}

/** Words that are vendors' keys. */
export function vendorKeys(text: string): Range[] {
  const found: Range[] = [];
  let isInWord = false;
  for (let at = 0; at + 7 < text.length; at++) {
    const c = text.charCodeAt(at);
    const isStart = !isInWord;
    isInWord = isAlnum(c);
    const keys = isStart ? BY_FIRST[c] : undefined;
    if (keys === undefined) continue;
    const second = text.charCodeAt(at + 1);
    for (const { prefix, parts } of keys) {
      if ((prefix.length > 1 && prefix.charCodeAt(1) !== second) || !text.startsWith(prefix, at)) continue;
      if (!fits(text, at + prefix.length, parts)) continue;
      let to = at + prefix.length;
      while (to < text.length && isTail(text.charCodeAt(to))) to++;
      found.push({ from: at, to });
      at = to;
      isInWord = false;
      break;
    }
  }
  return found;
}
