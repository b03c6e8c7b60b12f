import { isIdentifier, isNamed, isUuid, looksRandom } from './identifiers.ts';
import { isHiddenBy, nameKind } from './named.ts';
import { type Find, isAlnum, type Range } from './range.ts';

/** Words in a path behind which a value of its own follows that opens something. */
const CAPABILITIES = new Set(
  (
    'token tokens secret secrets password passwords apikey apikeys key keys auth reset invite invites invitation invitations verify verification confirm ' +
    'confirmation activate activation magic session sessions otp share shared signed unsubscribe hook hooks webhook webhooks login signin signup s callback'
  ).split(' '),
);
/** Numbers of people, where a path says so. */
const PHONES = /^(?:phones?|phone-?_?numbers?|msisdns?|mobiles?|telephones?|numbers?)$/i;
const DIGITS = /^(?:\+|%2b)?\d[\d ().-]{5,18}$/i;
const VERSION = /^v?\d{1,4}(?:[._-]?[a-z\d]{1,8}){0,2}$/i;
const isCapability = (before: string): boolean =>
  before
    .toLowerCase()
    .split(/[-_.]/)
    .some((word) => CAPABILITIES.has(word));

/** A word of letters only is a route name; digits among them make a value. */
const isValue = (segment: string): boolean =>
  segment.length >= 8 && /\d/.test(segment) && !/^\d{1,20}$/.test(segment) && !/^v\d+$/.test(segment);

/** What stands at a path's start, or behind its version, names nothing: a random word there opens something. */
const namesNothing = (before: string | undefined): boolean =>
  before === undefined || before === '' || VERSION.test(before);

/** Whether a word looks drawn at random, as far as a path's segments go: hex of 32 digits may be all digits. */
export const isRandom = (text: string): boolean => looksRandom(text) || /^[\da-f]{32,}$/i.test(text);

/**
 * Whether the name before a segment says that it must not be shown. What only looks random is an object's identifier where a name stands
 * before it that is no credential's. `isHook`: whoever knows the path may call it.
 */
export function isSecretPlace(text: string, before: string | undefined, isHook: boolean): boolean {
  if (isIdentifier(text) && !isHook)
    return isUuid(text) && before !== undefined && /token|secret|passw|reset|magic/i.test(before);
  const random = isRandom(text);
  if (isHook ? isValue(text) || random : random && namesNothing(before)) return true;
  if (before === undefined || before === '') return false;
  if (PHONES.test(before)) return DIGITS.test(text);
  if (isCapability(before)) return isValue(text) || random;
  const kind = nameKind(before);
  return (
    (kind === 'credential' || kind === 'phrase' || kind === 'personal') &&
    (isValue(text) || DIGITS.test(text)) &&
    isHiddenBy(kind, text)
  );
}

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
