import { STRONG_PREFIXES, WEAK_PREFIXES } from './prefixes.ts';

/**
 * Secrets that their surroundings give away: found by walking the text once, where an expression would need too many alternatives to be
 * proven linear. Each finder gives the ranges to replace.
 */
export interface Range {
  readonly from: number;
  readonly to: number;
}
export type Find = (text: string, lower: string) => Range[];

const isWordCode = (c: number): boolean =>
  (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95 || c === 45 || c === 46;
export const isAlnum = (c: number): boolean => (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122);

/** First index at or behind `from` whose character is one of `stops`; the text's length if none is. */
function until(text: string, from: number, stops: string): number {
  let at = from;
  while (at < text.length && !stops.includes(text[at]!)) at++;
  return at;
}
function skip(text: string, from: number, characters: string, most: number): number {
  let at = from;
  while (at < text.length && at - from < most && characters.includes(text[at]!)) at++;
  return at;
}

/** RFC 7468 text: to its end marker, or to the end if it was cut off. */
export const privateKeys: Find = (text) => {
  const found: Range[] = [];
  for (let at = text.indexOf('-----BEGIN '); at >= 0; at = text.indexOf('-----BEGIN ', at)) {
    const end = text.indexOf('-----END ', at + 11);
    const close = end < 0 ? -1 : text.indexOf('-----', end + 9);
    const to = close < 0 ? text.length : close + 5;
    found.push({ from: at, to });
    at = to;
  }
  return found;
};

const SCHEMES = [
  'bearer',
  'basic',
  'digest',
  'negotiate',
  'ntlm',
  'dpop',
  'hawk',
  'aws4-hmac-sha256',
  'sso-key',
  'geniekey',
  'genie-key',
];

/** Digits, inner capitals, `=` or sheer length: `Basic dXNlcjpwdw` is a credential, `basic authentication` is not. */
const looksGiven = (word: string): boolean => /[\d=]|[a-z][A-Z]/.test(word) || word.length >= 16;

/** RFC 9110 §11.6.2: a scheme and what follows it, up to a quote or the end. */
export const authorizations: Find = (text, lower) => {
  const found: Range[] = [];
  for (const scheme of SCHEMES)
    for (let at = lower.indexOf(scheme); at >= 0; at = lower.indexOf(scheme, at + scheme.length)) {
      if (at > 0 && isAlnum(lower.charCodeAt(at - 1))) continue;
      const from = skip(text, at + scheme.length, ' \t:', 3);
      if (from === at + scheme.length) continue;
      const to = until(text, from, '"\'<>');
      if (to - from >= 4 && looksGiven(text.slice(from, until(text, from, ' ,;')))) found.push({ from, to });
    }
  return found;
};

const letters = (key: string): string => key.toLowerCase().replace(/[^a-z\d]/g, '');
const STRONG = /passw|passphrase|secret|privatekey|accesskey|accountkey|signingkey|^pwd$|pwd$/;
const WEAK =
  /token$|apikey$|^key$|^sig$|signature$|^code$|sessionid$|^otp$|^pin$|^auth$|^sid$|credentials?$|jsessionid/;
const HEADERS = /^(?:proxyauthorization|authorization|setcookie|cookie|xauth|x[a-z]{0,24}(?:key|token|auth|secret))$/;

/** How much of what follows a name is secret: the value, the rest of the line, or nothing. */
function secrecy(key: string, separator: string, isQuoted: boolean, value: string): 'value' | 'line' | undefined {
  const name = letters(key);
  if (separator === ':' && HEADERS.test(name)) return 'line';
  if (STRONG.test(name)) return 'value';
  if (!WEAK.test(name)) return undefined;
  if (separator === '=' || isQuoted) return name === 'code' && separator === ':' ? undefined : 'value';
  return name !== 'code' && name !== 'key' && value.length >= 6 && /\d/.test(value) ? 'value' : undefined;
}

/** `password=…`, `"client_secret": "…"`, `Cookie: …`: by the name before the separator. */
export const pairs: Find = (text) => {
  const found: Range[] = [];
  for (let at = 0; at < text.length; at++) {
    const separator = text[at]!;
    if (separator !== '=' && separator !== ':') continue;
    let end = at;
    while (end > 0 && at - end < 3 && text[end - 1] === ' ') end--;
    if (end > 0 && `"'`.includes(text[end - 1]!)) end--;
    let start = end;
    while (start > 0 && end - start < 64 && isWordCode(text.charCodeAt(start - 1))) start--;
    if (start === end) continue;
    let from = skip(text, at + 1, ' ', 3);
    const quote = text[from] === '"' || text[from] === "'" ? text[from]! : undefined;
    if (quote !== undefined) from++;
    const to = until(text, from, quote ?? ` "',;&<>`);
    const what =
      to > from ? secrecy(text.slice(start, end), separator, quote !== undefined, text.slice(from, to)) : undefined;
    if (what === undefined) continue;
    found.push({ from, to: what === 'line' ? text.length : to });
    at = (what === 'line' ? text.length : to) - 1;
  }
  return found;
};

const NOUN = /(?:token|api[ _-]?key|access[ _-]?key|session[ _-]?id|credentials?|otp)(?: provided| is| was)?:? ["']?/gi;

/** `Incorrect API key provided: abc***xyz`: prose that quotes what it was given. */
export const quoted: Find = (text) => {
  const found: Range[] = [];
  for (const match of text.matchAll(NOUN)) {
    const from = match.index + match[0].length;
    const to = until(text, from, ` "',;&()<>`);
    if (to - from >= 6 && /\d|\*{3}/.test(text.slice(from, to))) found.push({ from, to });
  }
  return found;
};

/** Lists of prefixes by the code of their first letter; every request ID of every call is looked at by them. */
function byFirst(prefixes: readonly string[]): readonly (readonly string[] | undefined)[] {
  const lists: (string[] | undefined)[] = new Array(128).fill(undefined);
  for (const prefix of prefixes) {
    const first = prefix.charCodeAt(0);
    lists[first] = [...(lists[first] ?? []), prefix];
  }
  return lists;
}
function prefixAt(lists: readonly (readonly string[] | undefined)[], text: string, at: number): string | undefined {
  const list = lists[text.charCodeAt(at)];
  if (list === undefined) return undefined;
  const second = text.charCodeAt(at + 1);
  for (const prefix of list) if (prefix.charCodeAt(1) === second && text.startsWith(prefix, at)) return prefix;
  return undefined;
}
const STRONG_BY_FIRST = byFirst(STRONG_PREFIXES);
const WEAK_BY_FIRST = byFirst(WEAK_PREFIXES);
const isTail = (c: number): boolean =>
  isWordCode(c) || c === 126 || c === 43 || c === 47 || c === 61 || c === 124 || c === 42;

/** Ordinary snake case has capitals and digits too: a token has a digit, and a capital inside or four digits, and no `_WORD_`. */
const isTokenTail = (tail: string): boolean => {
  const digits = tail.replace(/\D/g, '').length;
  return digits > 0 && (/[A-Z]/.test(tail) || digits >= 4) && !/_[A-Z]+_/.test(tail);
};

/** Words that begin with a vendor's prefix. */
export const prefixed: Find = (text) => {
  const found: Range[] = [];
  for (let at = 0; at < text.length; at++) {
    if (at > 0 && isAlnum(text.charCodeAt(at - 1))) continue;
    const strong = prefixAt(STRONG_BY_FIRST, text, at);
    const weak = strong === undefined ? prefixAt(WEAK_BY_FIRST, text, at) : undefined;
    const prefix = strong ?? weak;
    if (prefix === undefined) continue;
    let to = at + prefix.length;
    while (to < text.length && isTail(text.charCodeAt(to))) to++;
    const tail = text.slice(at + prefix.length, to);
    if (tail.length < (strong === undefined ? 16 : 6) || (strong === undefined && !isTokenTail(tail))) continue;
    found.push({ from: at, to });
    at = to;
  }
  return found;
};
