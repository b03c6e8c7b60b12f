import * as personal from './personal.ts';
import { randomTokens, randomWords } from './random.ts';
import { type Find, matches } from './range.ts';
import { authorizations, pairs, privateKeys, quotedPasswords, quotedTokens, userPairs } from './scan.ts';
import { vendorKeys } from './vendor.ts';

/**
 * Kinds of secrets and personal data in free text, one row each; what is found is replaced by the row's name in brackets. Every
 * expression is linear, which a test proves with `recheck`; none sees more than 2 KiB. Order matters: structured kinds before loose ones.
 */
export interface Kind {
  readonly name: string;
  readonly find: Find;
  /** What finds it in a word alone, without context: such a word is never a code or a request ID. */
  readonly word?: Find;
  /** Nothing is looked for where the text lacks what the kind needs. */
  readonly needs: Needs;
}
interface Needs {
  /** Any of these characters; `0` is any digit, `＠` any character beyond ASCII. */
  readonly mark?: string;
  /** This, in lower case. */
  readonly text?: string;
  /** So many digits, and characters, at least. */
  readonly digits?: number;
  readonly length?: number;
}

const near = (name: string, find: Find, needs: Needs): Kind => ({ name, find, needs });
const shape = (name: string, find: Find, needs: Needs = {}): Kind => ({ name, find, word: find, needs });

export const KINDS: readonly Kind[] = [
  near('private key', privateKeys, { text: '-----begin' }),
  near('credentials', matches(/:\/\/[^\s/?#"'<>@]{0,256}@/g, 3), { mark: '@' }),
  near('authorization', authorizations, { mark: ' \t:' }),
  near('secret', pairs, { mark: '=:' }),
  near('secret', quotedTokens, { mark: '0*' }),
  near('secret', quotedPasswords, { mark: '0"\'`-' }),
  near('secret', userPairs, { mark: '-', text: '-u' }),
  shape('jwt', matches(/\beyJ[\w-]{4}[\w-]*(?:\.[\w-]*)*/g), { text: 'eyj' }),
  shape('secret', vendorKeys),
  // Stripe's client secrets; Telegram; Facebook applications; Azure AD, DevOps and Storage; Terraform; Discord; Mailchimp
  shape('secret', matches(/_secret_[A-Za-z\d]{8}[A-Za-z\d]*/g), { mark: '_', text: '_secret_' }),
  shape('secret', matches(/(?<!\d)\d{8,10}:[\w-]{32,40}/g), { mark: ':', digits: 8, length: 41 }),
  shape('secret', matches(/(?<!\d)\d{15,16}(?:\||%7[cC])[\w-]{27,40}/g), { mark: '|%', digits: 15 }),
  shape('secret', matches(/[\w~.]{3}\dQ~[\w~.-]{31,34}/g), { mark: '~', length: 37 }),
  shape('secret', matches(/[A-Za-z\d]{76}AZDO[A-Za-z\d]{4}/g), { text: 'azdo', length: 84 }),
  shape('secret', matches(/(?<![A-Za-z\d+])[A-Za-z\d+/]{86}==/g), { mark: '=', length: 88 }),
  shape('secret', matches(/[A-Za-z\d]{14}\.atlasv1\.[\w=-]{60,70}/g), { mark: '.', text: '.atlasv1.' }),
  shape('secret', matches(/\b[MNO][A-Za-z\d_-]{23,25}\.[\w-]{6}\.[\w-]{27,38}/g), { mark: '.', length: 58 }),
  shape('secret', matches(/(?<![\da-z])[\da-f]{32}-us\d{1,2}(?![\da-z])/g), { mark: '-', text: '-us' }),
  shape('secret', matches(/(?<![\da-z])[a-z2-7]{52}(?![\da-z])/g), { mark: '0', length: 52 }),
  shape('email', personal.emails, { mark: '@%＠\\' }),
  { ...near('token', randomTokens, { length: 20 }), word: randomWords },
  shape('card', personal.cards, { digits: 13 }),
  shape('iban', personal.ibans, { digits: 8, length: 15 }),
  shape('ssn', personal.nationalIds, { mark: '-', digits: 9 }),
  near('mac', personal.macs, { mark: ':-', length: 17 }),
  near('phone', personal.phones, { mark: '+%(', digits: 7 }),
  near('ip', personal.ipv4s, { mark: '.', digits: 4 }),
  near('ip', personal.ipv6s, { mark: ':' }),
  near('mnemonic', personal.mnemonics, { mark: ' ', length: 47 }),
];

const DIGIT = 1;
const BEYOND = 2;
const MARKS = [...new Set(KINDS.flatMap(({ needs }) => [...(needs.mark ?? '')]))].filter(
  (mark) => !'0＠'.includes(mark),
);
/** A bit for each mark, by character code. */
const BIT = new Uint32Array(128);
BIT.fill(DIGIT, 48, 58);
for (const [i, mark] of MARKS.entries()) BIT[mark.charCodeAt(0)] = 4 << i;
const bitOf = (code: number): number => (code < 128 ? BIT[code]! : BEYOND);
const WANTED = new Map(
  KINDS.map(({ needs }) => [
    needs,
    [...(needs.mark ?? '')].reduce((bits, mark) => bits | bitOf(mark.charCodeAt(0)), 0),
  ]),
);

/**
 * What of the needs a text has: found in one look at each of its characters.
 * @param lower the text in lower case
 */
export function surveyOf(lower: string) {
  let marks = 0;
  let digits = 0;
  for (let i = 0; i < lower.length; i++) {
    const bit = bitOf(lower.charCodeAt(i));
    marks |= bit;
    if (bit === DIGIT) digits++;
  }
  return { lower, marks, digits };
}

export function mayHold({ lower, marks, digits }: ReturnType<typeof surveyOf>, { needs }: Kind): boolean {
  const wanted = WANTED.get(needs)!;
  return (
    (wanted === 0 || (wanted & marks) !== 0) &&
    (needs.digits === undefined || digits >= needs.digits) &&
    (needs.length === undefined || lower.length >= needs.length) &&
    (needs.text === undefined || lower.includes(needs.text))
  );
}
