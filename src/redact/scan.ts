import { isIdentifier } from './identifiers.ts';
import { isHiddenUnder, isSpoken, type NameKind, nameKind } from './named.ts';
import { ownName } from './own-rules.ts';
import { type Find, isAlnum, isWordCode, type Range } from './range.ts';

/**
 * Secrets that their surroundings give away: found by walking the text once, where an expression would need too many alternatives to be
 * proven linear. Each finder gives the ranges to replace.
 */

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

/** Digits, inner capitals, `=` or sheer length: `Basic dXNlcjpwdw` is a credential, `basic authentication` is not. */
const looksGiven = (word: string): boolean => /[\d=]|[a-z][A-Z]/.test(word) || word.length >= 16;

const HEADERS =
  /^(?:proxy-?authorization|authorization|set-?cookie|cookie|x-?auth|x-[a-z-]{0,24}(?:key|token|auth|secret))$/i;
/** What a sentence says about a credential, and never is one. */
const PROSE = new Set(
  (
    'a an and are as at be because but by cannot can check choose confirm contains denied different do does empty enter error expected expired failed field ' +
    'for forbidden format from given has have if in incorrect invalid is it length like likely malformed mismatch missing must need needs new no none not null ' +
    'number object of old on only or please provide provided required revoked rejected same send set should string that the this to too try unauthorized ' +
    'undefined unknown unsupported use used value wait was were will with wrong you your password passwords token key expects may might already than then ' +
    'unexpected could couldn cant dont doesnt minimum maximum least between either optional reset identifier'
  ).split(' '),
);
const isProse = (value: string): boolean =>
  PROSE.has(value.toLowerCase().replace(/[^a-z]/g, '')) && /^[\w'’.,:;!?-]+$/.test(value) && !/\d/.test(value);
/** Of these even a word one can say is hidden behind a colon: people choose them. */
const CHOSEN =
  /pass|pwd|pw$|psw|pword|secret|kennwort|motde|contrase|senha|answer|парол|密|haslo|hasło|heslo|jelsz|[şs]ifre|parola|wachtwoord|l[öo]senord|adgangs|salasana|sandi|private/i;

type Secrecy = 'value' | 'line' | undefined;

/** How much of what follows a name is hidden: the value, the rest of the line, or nothing. */
function secrecy(name: string, separator: string, isQuoted: boolean, value: string, kind: NameKind): Secrecy {
  if (separator === ':' && HEADERS.test(name) && !isProse(value)) return 'line';
  if (!isHiddenUnder(name, value) || isProse(value)) return undefined;
  if (kind === 'phrase') return isQuoted ? 'value' : 'line';
  if (separator !== ':' || isQuoted || ownName(name) === 'redact') return 'value';
  if (kind === 'person') return undefined;
  if (kind === 'personal') return /\d{3}|@/.test(value) ? 'value' : undefined;
  if (kind === 'unsure')
    return value.length >= 8 && /\d/.test(value) && !/code$|key$/i.test(name) ? 'value' : undefined;
  return CHOSEN.test(name) || !isSpoken(value) || /^\d{3,}$/.test(value) ? 'value' : undefined;
}

const BLANK = ' \t';
/** The name that ends before `end`: letters of any script, digits, `_`, `-`, `.`, at most 64. */
function nameBefore(text: string, end: number): number {
  let start = end;
  while (start > 0 && end - start < 64 && (isWordCode(text.charCodeAt(start - 1)) || text.charCodeAt(start - 1) > 191))
    start--;
  return start;
}

/** Where an unquoted value ends: at a blank or a quote, or at a mark behind which another pair, a blank or nothing follows. */
function endOfValue(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const c = text[at]!;
    if (c === ' ' || c === '"' || c === '<' || c === '>' || c === '\t' || c === '\\' || c === '`') return at;
    if ((c === "'" || c === ')' || c === '}' || c === ']') && !isAlnum(text.charCodeAt(at + 1))) return at;
    if (
      (c === '&' || c === ';' || c === ',') &&
      (at + 1 >= text.length || /^(?:[ "']|amp;|[\w.-]{1,40}(?:=|:)|[\w.-]{1,40}$)/.test(text.slice(at + 1, at + 44)))
    )
      return at;
  }
  return at;
}

/** Digits and what stands between them: `phone: 555 123 4567`. */
const NUMBER = /^[\d() .+-]{6,24}/;

/** `password=…`, `"client_secret": "…"`, `:token => '…'`, `Cookie: …`: by the name before the separator. */
export const pairs: Find = (text) => {
  const found: Range[] = [];
  for (let at = 0; at < text.length; at++) {
    const separator = text[at]!;
    if (separator !== '=' && separator !== ':') continue;
    let end = at;
    while (end > 0 && at - end < 8 && BLANK.includes(text[end - 1]!)) end--;
    while (end > 0 && at - end < 12 && `"'\\`.includes(text[end - 1]!)) end--;
    const start = nameBefore(text, end);
    if (start === end) continue;
    const name = text.slice(start, end);
    const kind = nameKind(name);
    if (kind === 'ordinary' || kind === 'identifier') continue;
    let from = skip(text, at + 1, ' \t>:=', 8);
    const opened = from;
    from = skip(text, from, '\\', 4);
    const quote = text[from] === '"' || text[from] === "'" ? text[from]! : undefined;
    if (quote !== undefined) from = skip(text, from, quote, 3);
    else from = opened;
    let to = quote === undefined ? endOfValue(text, from) : until(text, from, quote);
    if (quote !== undefined && text[to - 1] === '\\') to--;
    if (to <= from) continue;
    if (quote === undefined && (kind === 'personal' || kind === 'credential')) {
      const number = NUMBER.exec(text.slice(from, from + 25))?.[0].trimEnd() ?? '';
      let end = number.length;
      while (end > 0 && !isAlnum(number.charCodeAt(end - 1))) end--;
      to = Math.max(to, from + end);
    }
    const what = secrecy(name, separator, quote !== undefined, text.slice(from, to), kind);
    if (what === undefined) continue;
    found.push({ from, to: what === 'line' ? text.length : to });
    at = (what === 'line' ? text.length : to) - 1;
  }
  return found;
};

const NOUN =
  /(?:token|api[ _-]?key|access[ _-]?key|session[ _-]?id|credentials?|otp|secret)(?: provided| is| was)?:? ["'`]?/g;
/** SQL, command lines, and sentences that quote a password. */
const CHOSEN_NOUN =
  /(?:passw(?:or)?d|passphrase|passcode|kennwort|passwort|identified by|\bpin|\bcvv|\botp|security code|--[\w-]{0,32}(?:passw(?:or)?d|secret|token|key|pass))(?: is| was| of)?[ \t]{1,3}(["'`]|)/g;
const USER_PAIR = /(?<!\S)(?:-u|--user|--proxy-user) ["']?[^\s:"']{1,64}:/g;

/** What stands behind each match of an expression; as in `matches`, no copy of it is made. */
const behind =
  (pattern: RegExp, endOf: (text: string, from: number, match: RegExpExecArray) => number): Find =>
  (text, lower) => {
    const found: Range[] = [];
    pattern.lastIndex = 0;
    for (let match = pattern.exec(lower); match !== null; match = pattern.exec(lower)) {
      const from = match.index + match[0].length;
      const to = endOf(text, from, match);
      if (to > from) found.push({ from, to });
    }
    return found;
  };

/** `Incorrect API key provided: abc***xyz`. */
export const quotedTokens = behind(NOUN, (text, from) => {
  const to = until(text, from, ` "'\`,;&()<>`);
  const value = text.slice(from, to);
  const isObject = isIdentifier(value.endsWith('.') ? value.slice(0, -1) : value);
  return value.length >= 6 && /\d|\*{3}/.test(value) && !isObject ? to : from;
});
/** `password 'x' is too weak`, `identified by 'x'`, `--password x`. */
export const quotedPasswords = behind(CHOSEN_NOUN, (text, from, [whole, quote = '']) => {
  const to = quote === '' ? endOfValue(text, from) : until(text, from, quote);
  const value = text.slice(from, to);
  return !isProse(value) && (quote !== '' || whole.startsWith('--') || /\d/.test(value)) ? to : from;
});
/** `curl -u bob:x`. */
export const userPairs = behind(USER_PAIR, (text, from) => until(text, from, ' "\''));

const SCHEME =
  /(?<![a-z\d])(?:bearer|basic|digest|negotiate|ntlm|dpop|hawk|aws4-hmac-sha256|sso-key|genie-?key)[ \t:]{1,3}/g;
/** RFC 9110 §11.6.2: a scheme and what follows it, up to a quote or the end. */
export const authorizations = behind(SCHEME, (text, from) => {
  const to = until(text, from, '"\'<>');
  return to - from >= 4 && looksGiven(text.slice(from, until(text, from, ' ,;'))) ? to : from;
});
