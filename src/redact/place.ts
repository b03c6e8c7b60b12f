import { isIdentifier } from './identifiers.ts';
import { isHiddenBy } from './named.ts';
import { nameKind } from './names.ts';
import { isUuid, looksRandom } from './shapes.ts';

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
