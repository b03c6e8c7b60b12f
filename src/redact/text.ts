import { KINDS, type Kind } from './kinds.ts';
import { isAlnum, prefixed } from './scan.ts';

/** No expression sees more than this many characters. */
export const INPUT_CAP = 2048;

/** At most `max` characters of text, cut between words: half a secret is not recognised, but still half a secret. */
function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const space = text.lastIndexOf(' ', max);
  return text.slice(0, space > max - 512 ? Math.max(space, 0) : Math.max(max - 512, 0));
}

const wants = (kind: Kind, lower: string): boolean =>
  kind.needs === undefined || kind.needs.some((needed) => lower.includes(needed));

/** In lower case and of the same length: `İ` alone would shift every index behind it. */
function lowerOf(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replace(/[^\u0000-\u007f]/g, '?').toLowerCase();
}

function apply(text: string, lower: string, kind: Kind): string {
  const found = wants(kind, lower) ? kind.find(text, lower) : [];
  if (found.length === 0) return text;
  let out = '';
  let at = 0;
  for (const { from, to } of found.sort((a, b) => a.from - b.from)) {
    if (from >= at) out += `${text.slice(at, from)}[${kind.name}]`;
    at = Math.max(at, to);
  }
  return out + text.slice(at);
}

/**
 * Free text that may leave the process: every known kind of secret or personal data replaced by its name in brackets, control
 * characters and lone surrogates by spaces, at most `max` characters. Fails closed: what cannot be handled is dropped.
 */
export function redactText(text: string, max = 256): string {
  try {
    let out = cut(text, INPUT_CAP).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
    let lower = lowerOf(out);
    for (const kind of KINDS) {
      const next = apply(out, lower, kind);
      if (next !== out) lower = lowerOf(next);
      out = next;
    }
    out = out.replace(/\p{Surrogate}/gu, '\ufffd').trim();
    if (out.length <= max) return out;
    const end = out.charCodeAt(max - 2) >= 0xd800 && out.charCodeAt(max - 2) <= 0xdbff ? max - 2 : max - 1;
    return `${out.slice(0, end)}…`;
  } catch {
    return '';
  }
}

const WORD_KINDS = KINDS.filter((kind) => kind.word === true);
/** Words found harmless: the segments of a path are asked about on every call, and most of them repeat. */
const harmless = new Set<string>();
const REMEMBERED = 2048;
/** Too short for a card number, the only secret made of digits alone. */
const SHORT_NUMBER = /^\d{1,12}$/;

/** From here on a word may look random; see the kind `token`. */
const RANDOM_FROM = 20;
/** Fewer digits are no card number. */
const CARD_FROM = 13;

/** Letters, digits, `_` and `-`, and neither a card number nor a JWT: if short, only a vendor's prefix can make such a word a secret. */
function isPlain(word: string): boolean {
  let digits = 0;
  for (let i = 0; i < word.length; i++) {
    const c = word.charCodeAt(i);
    if (c >= 48 && c <= 57) digits++;
    else if (!isAlnum(c) && c !== 95 && c !== 45) return false;
  }
  return digits < CARD_FROM && !word.includes('eyJ');
}

/** Whether one word is, by itself, a secret or personal: such a word is never taken as a code, a request ID or a route name.
 * `except` leaves one kind out. */
export function isSecretWord(word: string, except?: string): boolean {
  // most request IDs of most providers, one for every call
  if ((except === 'token' || word.length < RANDOM_FROM) && isPlain(word)) return prefixed(word, word).length > 0;
  if (harmless.has(word) || SHORT_NUMBER.test(word)) return false;
  const lower = lowerOf(word);
  const secret = WORD_KINDS.some(
    (kind) => kind.name !== except && wants(kind, lower) && kind.find(word, lower).length > 0,
  );
  if (!secret && except === undefined && word.length <= 64) {
    if (harmless.size >= REMEMBERED) harmless.clear();
    harmless.add(word);
  }
  return secret;
}
