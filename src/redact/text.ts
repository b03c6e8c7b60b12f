import { isUuid } from './identifiers.ts';
import { KINDS, type Kind, mayHold, surveyOf } from './kinds.ts';
import { hasOwnValues, ownValue } from './own-rules.ts';
import { isAlnum, type Range, tell } from './range.ts';
import { vendorKeys } from './vendor.ts';

/** No expression sees more than this many characters. */
export const INPUT_CAP = 2048;

/** At most `max` characters of text, cut between words: half a secret is not recognised, but still half a secret. */
function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const space = text.lastIndexOf(' ', max);
  return text.slice(0, space > max - 512 ? Math.max(space, 0) : Math.max(max - 512, 0));
}

/** In lower case and of the same length: `İ` alone would shift every index behind it. */
function lowerOf(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replace(/[^\u0000-\u007f]/g, '?').toLowerCase();
}

/** What an operator keeps stays, but for credentials that their form gives away. */
const isKept = (kind: Kind, word: string): boolean =>
  hasOwnValues() &&
  (kind.word === undefined || ['token', 'email', 'iban', 'card'].includes(kind.name)) &&
  ownValue(word) === 'keep';

function replace(text: string, found: readonly Range[], name: string): string {
  let out = '';
  let at = 0;
  for (const { from, to } of found) {
    if (from >= at) out += `${text.slice(at, from)}[${name}]`;
    at = Math.max(at, to);
  }
  return out + text.slice(at);
}

function apply(text: string, mask: string, lower: string, kind: Kind): string {
  const all = kind.find(mask, lower);
  if (all.length === 0) return text;
  const found = all.filter(({ from, to }) => !isKept(kind, text.slice(from, to))).sort((a, b) => a.from - b.from);
  for (const { from, to } of found) tell(`looks like: ${kind.name}`, text.slice(from, to));
  return replace(text, found, kind.name);
}

const WORD = /[\w.+@-]{2,128}/g;
const withOwn = (text: string): string =>
  text.replace(WORD, (word) => (ownValue(word) === 'redact' ? '[secret]' : word));

const ESCAPE = /%[\da-f]{2}|\\u00[\da-f]{2}|\\[nrtbf]/gi;
/** Marks that separate; anything else that is encoded is part of a word. */
const MARKS = ' "\'<>&;,(){}[]=:\n\r\t';

function unescaped(sequence: string): string {
  if (sequence.length === 2) return '  ';
  const mark = String.fromCharCode(Number.parseInt(sequence.slice(-2), 16));
  return MARKS.includes(mark) ? mark.trim().padStart(sequence.length) : sequence;
}

/** A text of the same length to look for secrets in: `%22`, `\\n` and `\\u0022` stand for marks, and would hide where a word starts. */
const maskOf = (text: string): string =>
  text.includes('%') || text.includes('\\') ? text.replace(ESCAPE, unescaped) : text;

/** Every kind taken out of a text that is short enough and has no control characters. */
function clean(text: string, kinds: readonly Kind[]): string {
  let out = hasOwnValues() ? withOwn(text) : text;
  let mask = maskOf(out);
  let survey = surveyOf(lowerOf(mask));
  for (const kind of kinds) {
    if (!mayHold(survey, kind)) continue;
    const next = apply(out, mask, survey.lower, kind);
    if (next === out) continue;
    out = next;
    mask = maskOf(out);
    survey = { ...survey, lower: lowerOf(mask) };
  }
  return out;
}

const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** At most `max` characters of a text without what the kinds find. Fails closed: what cannot be handled is dropped. */
function redact(text: string, max: number, kinds: readonly Kind[]): string {
  try {
    const out = clean(cut(text, INPUT_CAP).replace(CONTROLS, ' '), kinds).trim().toWellFormed();
    return out.length <= max ? out : `${out.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
  } catch {
    return '';
  }
}

/**
 * Free text that may leave the process: every known kind of secret or personal data replaced by its name in brackets, control
 * characters by spaces, at most `max` characters.
 */
export const redactText = (text: string, max = 256): string => redact(text, max, KINDS);

const WITHOUT_ADDRESSES = KINDS.filter(({ name }) => name !== 'ip' && name !== 'mac');
/** As {@link redactText}, for a line about the connection itself, whose addresses are no person's. */
export const redactDetail = (text: string, max = 256): string => redact(text, max, WITHOUT_ADDRESSES);

/** Where a word's place may say that it is an identifier: everything but what only looks random. */
const FORMS = KINDS.filter(({ name }) => name !== 'token');

/** Whether a value that is not free text holds something that its form gives away. Without `random`, what only looks random is none. */
export function hasSecret(value: string, random = true): boolean {
  if (value.length > INPUT_CAP) return true;
  return clean(value, random ? KINDS : FORMS) !== value;
}

const WORD_KINDS = KINDS.filter((kind) => kind.word !== undefined);
/** Too short for a card number, the only secret made of digits alone. */
const SHORT_NUMBER = /^\d{1,12}$/;

/** From here on a word may look random; see the kind `token`. Shorter than the second only a vendor's prefix tells. */
const RANDOM_FROM = 20;
const LONG_FROM = 34;
/** Fewer digits are no card number. */
const CARD_FROM = 13;

/** Letters, digits, `_` and `-`, and neither a number of a person nor a JWT: if short, only a vendor's prefix can make such a word a secret. */
function isPlain(word: string): boolean {
  let digits = 0;
  let letters = 0;
  for (let i = 0; i < word.length; i++) {
    const c = word.charCodeAt(i);
    if (c >= 48 && c <= 57) digits++;
    else if (isAlnum(c)) letters++;
    else if (c !== 95 && c !== 45) return false;
  }
  return digits < CARD_FROM && letters > 0 && !word.includes('eyJ');
}

/** Whether one word is, by itself, a secret, personal or random: such a word is never taken as a code, a request ID or a route name.
 * `except` leaves one kind out. */
export function isSecretWord(word: string, except?: string): boolean {
  // most request IDs of most providers, one for every call
  if (word.length < (except === 'token' ? LONG_FROM : RANDOM_FROM) && isPlain(word)) return vendorKeys(word).length > 0;
  if (SHORT_NUMBER.test(word) || (except === 'token' && isUuid(word))) return false;
  const survey = surveyOf(lowerOf(word));
  return WORD_KINDS.some(
    (kind) => kind.name !== except && mayHold(survey, kind) && kind.word!(word, survey.lower).length > 0,
  );
}
