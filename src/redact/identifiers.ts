import { IDENTIFIER_PREFIXES } from './data/identifiers.ts';
import { CREDENTIAL_WORDS, OBJECT_WORDS } from './data/names.ts';
import { isUuid } from './shapes.ts';

const BY_PREFIX = new Set(IDENTIFIER_PREFIXES);
/** Twilio's SIDs. `SK…` is an API key. */
const SID = /^(?!SK)[A-Z]{2}[\da-f]{32}$/;
const ULID = /^[0-7][\dA-HJKMNP-TV-Z]{25}$/;
const TAIL = /^[\w-]{1,80}$/;
const GIVEN = /\d|[a-z][A-Z]/;

function hasPrefix(word: string): boolean {
  for (let at = 0; at < word.length && at < 12; at++) {
    const c = word[at];
    if ((c === '_' || c === '-') && BY_PREFIX.has(word.slice(0, at + 1))) {
      const tail = word.slice(at + 1);
      if (TAIL.test(tail) && GIVEN.test(tail)) return true;
    }
  }
  return word.startsWith('ChIJ') && TAIL.test(word);
}

/** Whether the word alone names an object: a UUID, a ULID, or what a provider documents. A client secret holds its object's identifier. */
export const isIdentifier = (word: string): boolean =>
  isUuid(word) || ULID.test(word) || SID.test(word) || (hasPrefix(word) && !word.includes('_secret_'));

const CREDENTIAL = new Set(
  'token key secret credential signature bearer basic cookie auth authorization authentication jwt session code nonce hmac apikey'.split(
    ' ',
  ),
);
const isCredential = (word: string): boolean =>
  CREDENTIAL.has(word.endsWith('s') ? word.slice(0, -1) : word) ||
  word.startsWith('passw') ||
  CREDENTIAL_WORDS.has(word);
const GONE =
  /^["'`)\]]{0,3}[ ,]{0,2}(?:is |was |were |could |does |do |did |has |had |cannot |can't |can |not |already |no |doesn't |in )[\w' ]{0,40}(?:found|exist|exists|deleted|longer|archived|unknown|project|expired)/;

const isObject = (word: string): boolean =>
  OBJECT_WORDS.has(word) || (word.endsWith('s') && OBJECT_WORDS.has(word.slice(0, -1)));

/** Whether what stands around a word that looks random says that it names an object: `No such charge: '…'`, `commit …`, `'…' was not found`. */
export function isNamed(lower: string, from: number, to: number): boolean {
  const words = lower
    .slice(Math.max(0, from - 64), from)
    .split(/[^a-z]+/)
    .filter(Boolean)
    .slice(-4)
    .reverse();
  for (const [i, word] of words.entries()) {
    if (isCredential(word)) return false;
    if (i < 3 && isObject(word)) return !isCredential(words[i + 1] ?? '');
  }
  return GONE.test(lower.slice(to, to + 64));
}
