import { isIdentifier, isNamed } from './identifiers.ts';
import { isSecretPlace } from './place.ts';
import { type Find, isAlnum, type Range } from './range.ts';
import { looksRandom } from './shapes.ts';

const SHORTEST = 20;
const isPart = (c: number): boolean => isAlnum(c) || c === 95 || c === 45 || c === 43 || c === 47 || c === 61;

/** Words of letters, digits and Base64's marks that look drawn at random, wherever they stand. Looks at every twentieth character first. */
export const randomWords: Find = (text) => {
  const found: Range[] = [];
  for (let from = 0; from + SHORTEST <= text.length; ) {
    let at = from + SHORTEST - 1;
    while (at >= from && isPart(text.charCodeAt(at))) at--;
    if (at >= from) {
      from = at + 1;
      continue;
    }
    let to = from + SHORTEST;
    while (to < text.length && isPart(text.charCodeAt(to))) to++;
    if (looksRandom(text.slice(from, to))) found.push({ from, to });
    from = to + 1;
  }
  return found;
};

/** A word of a path has a route's name in it. */
const isPath = (word: string): boolean => word.includes('/') && /(?:^|\/)[a-z][a-z_-]{2,24}(?:\/|$)/.test(word);

function pathTokens(word: string, from: number, isHook: boolean): Range[] {
  const found: Range[] = [];
  let at = from;
  let before: string | undefined;
  for (const segment of word.split('/')) {
    if (segment !== '' && isSecretPlace(segment, before, isHook)) found.push({ from: at, to: at + segment.length });
    at += segment.length + 1;
    before = segment;
  }
  return found;
}

/** Words that look random, but for those that are identifiers by their own form or by what stands around them. */
export const randomTokens: Find = (text, lower) =>
  randomWords(text, lower).flatMap(({ from, to }) => {
    const word = text.slice(from, to);
    if (isPath(word)) return pathTokens(word, from, lower.slice(Math.max(0, from - 80), from).includes('hook'));
    // `q=…`: the name of a pair is no part of its value
    const start = from + word.replace(/={1,2}$/, '').lastIndexOf('=') + 1;
    const value = text.slice(start, to);
    return isIdentifier(value) || isNamed(lower, start, to) || !looksRandom(value) ? [] : [{ from: start, to }];
  });
