import { isIdentifier } from './identifiers.ts';
import { type NameKind, nameKind } from './names.ts';
import { ownName } from './own-rules.ts';
import { tell } from './told.ts';

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
  if (isHidden) tell(`named: ${name} (${KINDS[kind]})`, value);
  return isHidden;
}

/** How the kinds are called where a person asks why. */
const KINDS: Readonly<Record<NameKind, string>> = {
  credential: 'credential',
  phrase: 'credential',
  unsure: 'credential, unless the value is a word',
  half: 'half of a credential',
  personal: 'personal',
  person: 'personal',
  identifier: 'identifier',
  ordinary: 'ordinary',
};
