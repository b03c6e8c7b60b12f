import { remembering } from '../memo.ts';
import * as data from './data/names.ts';
import { isIdentifier, isObject } from './identifiers.ts';
import { ownName } from './own-rules.ts';
import { tell } from './range.ts';

/**
 * What a name says about its value. `phrase`: a credential of several words. `unsure`: a credential or a plain word. `half`: the public half of
 * a pair. `person`: who it is, or an object's number. `identifier`: what looks random names an object.
 */
export type NameKind = 'credential' | 'phrase' | 'unsure' | 'half' | 'personal' | 'person' | 'identifier' | 'ordinary';

/** A name that is longer counts as a credential's. */
const NAME_MAX = 128;

/** `dbPassword2` → db, password. Words of any script; a number behind a word is no part of it. */
export const wordsOf = (name: string): string[] =>
  name
    .replace(/(\p{Ll}|\p{N})(?=\p{Lu})/gu, '$1 ')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter(Boolean);

const some = (stems: readonly string[], name: string): boolean => stems.some((stem) => name.includes(stem));

/** `first_name`, `webhook_url`: there the last word is part of the idea. */
const endsInStem = (name: string): boolean =>
  [...data.PERSONAL_STEMS, ...data.CREDENTIAL_STEMS].some((stem) => name.endsWith(stem));

function ofTokens(words: readonly string[]): NameKind {
  const at = words.findIndex((word) => word === 'token' || word === 'tokens');
  if (at < 0) return 'credential';
  if (data.CURSORS.has(words.slice(0, at).join(''))) return 'identifier';
  return words.some((word) => data.COUNTED.has(word)) ? 'ordinary' : 'credential';
}

function kindOfWords(words: readonly string[]): NameKind {
  const joined = words.join('');
  const last = words.at(-1)!;
  if (data.HALVES.some((half) => joined.endsWith(half))) return 'half';
  if (words.length > 1 && data.DESCRIBES.has(last) && !data.UNSURE.has(joined) && !endsInStem(joined))
    return 'ordinary';
  if (data.CREDENTIAL_STARTS.some((start) => joined.startsWith(start))) return 'credential';
  if (words.some((word) => data.NO_CREDENTIAL.has(word))) return 'ordinary';
  if (some(data.CREDENTIAL_STEMS, joined)) {
    if (some(data.PHRASE_STEMS, joined)) return 'phrase';
    return joined.includes('token') && !joined.includes('secret') ? ofTokens(words) : 'credential';
  }
  if (words.some((word) => data.CREDENTIAL_WORDS.has(word) || data.CREDENTIAL_ENDS.test(word))) return 'credential';
  if (data.UNSURE.has(joined) || (words.length > 1 && last === 'key')) return 'unsure';
  if (some(data.PERSONAL_STEMS, joined)) return 'personal';
  if (data.PERSON_WORDS.has(joined)) return 'person';
  if (words.some((word) => data.PERSONAL_WORDS.has(word))) return 'personal';
  return isObject(last) ? 'identifier' : 'ordinary';
}

/** Of `filter[api_key]` and `a.b.token` every name counts, and the innermost first. */
const kindOf = remembering((name: string): NameKind => {
  const kinds = name
    .split(/[[\].:/]/)
    .map(wordsOf)
    .filter((words) => words.length > 0)
    .map(kindOfWords)
    .reverse();
  return kinds.find((kind) => kind !== 'ordinary' && kind !== 'identifier') ?? kinds[0] ?? 'ordinary';
}, 1024);

export function nameKind(name: string): NameKind {
  if (name.length > NAME_MAX) return 'credential';
  const own = ownName(name);
  if (own !== undefined) return own === 'keep' ? 'ordinary' : 'credential';
  return kindOf(name);
}

/** Says that there is a value, or none, and nothing of it; and what has been taken out already. */
const NOTHING = /^(?:|true|false|null|none|nil|undefined|yes|no|\*+|REDACTED|\[[a-z ]+\])$/i;
/** A number of at most three digits, or a word one can say: no code, state or key that opens something. */
const SHORT = /^[\w-]{0,3}$/;
const SPOKEN = /^[a-z]{1,16}$/i;
const MUTE = /[bcdfghjklmnpqrstvwxz]{5}/i;

const isWord = (part: string): boolean =>
  SPOKEN.test(part) && /[aeiouy]/i.test(part) && !MUTE.test(part) && !/[a-z][A-Z]/.test(part);

/** Words of letters joined by `_`, `-`, `.`, `/` or blanks, with short numbers among them: `in_progress`, `reports/2024/01.csv`. */
export function isSpoken(value: string): boolean {
  if (value.length > 128) return false;
  if (SHORT.test(value)) return true;
  const parts = value.split(/[\s_./:-]+/).filter(Boolean);
  return (
    parts.some(isWord) &&
    parts.every((part) => isWord(part) || /^[a-z]{1,4}$/i.test(part) || (/^\d{1,4}$/.test(part) && parts.length > 1))
  );
}

/** `42`, `user-42`, Slack's `U012AB3CD`: the number of an account, not its name. */
const NUMBERED = /^(?:[A-Za-z]{1,12}[_-])?\d{1,12}$|^[A-Z][A-Z\d]{6,12}$/;

/** Whether a value under a name of this kind must not be shown, whatever it looks like. */
export function isHiddenBy(kind: NameKind, value: string): boolean {
  if (kind === 'ordinary' || kind === 'identifier' || NOTHING.test(value.trim())) return false;
  if (kind === 'unsure') return !isSpoken(value) && !isIdentifier(value);
  if (kind === 'half' || kind === 'person') return !(NUMBERED.test(value) && /\d/.test(value)) && !isIdentifier(value);
  return true;
}

/** Four numbers with dots are a version where the name says so. */
export const isVersion = (name: string, value: string): boolean =>
  /version|build|release|firmware|revision/i.test(name) && /^v?\d+(?:\.\d+)+$/.test(value);

/** As {@link isHiddenBy}, by the name itself. A count under `tokens` is none. */
export function isHiddenUnder(name: string, value: string): boolean {
  const kind = nameKind(name);
  if (kind === 'credential' && ownName(name) === undefined && /tokens$/i.test(name) && /^\d{1,9}$/.test(value))
    return false;
  const isHidden = isHiddenBy(kind, value);
  if (isHidden) tell(`named: ${name} (${CALLED[kind] ?? kind})`, value);
  return isHidden;
}

/** How the kinds are called where a person asks why. */
const CALLED: { readonly [K in NameKind]?: string } = {
  phrase: 'credential',
  unsure: 'credential, unless the value is a word',
  half: 'half of a credential',
  person: 'personal',
};
