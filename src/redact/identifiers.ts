import { IDENTIFIER_PREFIXES } from './data/identifiers.ts';
import { CREDENTIAL_WORDS, OBJECT_WORDS } from './data/names.ts';

/** Tests on one word: does its shape alone say that it is a secret or personal? Plain loops, so that the cost is the length. */

/** ISO/IEC 7812-1: 13 to 19 digits (spaces and hyphens between them allowed) with a right check digit. */
export function isCardNumber(text: string): boolean {
  let sum = 0;
  let count = 0;
  for (let i = text.length - 1; i >= 0; i--) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) continue;
    const doubled = count % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
    count++;
  }
  return count >= 13 && count <= 19 && sum % 10 === 0;
}

/** `switches`: changes between digits and letters, and between lower and upper case other than one capital opening a word. */
function makeupOf(word: string) {
  const m = { digits: 0, upper: 0, lower: 0, hex: true, switches: 0 };
  let before = 0;
  for (let i = 0; i < word.length; i++) {
    const c = word.charCodeAt(i);
    let kind = 0;
    if (c >= 48 && c <= 57) kind = 1;
    else if (c >= 65 && c <= 90) kind = 2;
    else if (c >= 97 && c <= 122) kind = 3;
    if (kind === 1) m.digits++;
    else if (kind === 2) m.upper++;
    else if (kind === 3) m.lower++;
    if (kind === 0 || (kind === 2 && c > 70) || (kind === 3 && c > 102)) m.hex = false;
    if (before !== 0 && kind !== 0 && kind !== before && !(before === 2 && kind === 3)) m.switches++;
    before = kind;
  }
  return m;
}

/**
 * Does the word look drawn at random: hex of 32 and more, or 20 and more characters that keep switching between cases and digits?
 * Identifiers such as `ReservedFunctionConcurrentInvocationLimitExceeded` or `oauth.v2.InvalidApiKey` do not.
 */
export function looksRandom(word: string): boolean {
  if (word.length < 20) return false;
  const m = makeupOf(word);
  const letters = m.upper + m.lower;
  if (letters + m.digits < word.length * 0.8) return false;
  if (m.hex && word.length >= 32) return letters > 0 && m.digits > 0;
  const mixed = m.upper > 0 && m.lower > 0;
  if (m.digits >= 3 && (mixed || word.length >= 32)) return m.switches >= word.length / 6;
  // Base64 without a single digit is rare, but a 40-character word that switches case every third letter is no English.
  return mixed && m.digits > 0
    ? m.switches >= word.length / 4
    : mixed && word.length >= 40 && m.switches >= word.length / 3;
}

/** RFC 9562 text form. */
export const isUuid = (word: string): boolean =>
  word.length === 36 && /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(word);

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

/** Whether a word is what objects are called by: `charge`, `charges`. */
export const isObject = (word: string): boolean =>
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
