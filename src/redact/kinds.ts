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
  /** One of these substrings (lower case) must be there, else nothing is looked for. */
  readonly needs?: readonly string[];
  /** Needs so many digits, and characters, at least. */
  readonly digits?: number;
  readonly least?: number;
  /** What finds it in a word alone, without context: such a word is never a code or a request ID. */
  readonly word?: Find;
}

const shape = (name: string, find: Find, needs: readonly string[] = [], more: Partial<Kind> = {}): Kind => ({
  name,
  find,
  ...(needs.length > 0 ? { needs } : {}),
  word: find,
  ...more,
});

export const KINDS: readonly Kind[] = [
  { name: 'private key', find: privateKeys, needs: ['-----begin'] },
  { name: 'credentials', find: matches(/:\/\/[^\s/?#"'<>@]{0,256}@/g, 3), needs: ['@'] },
  { name: 'authorization', find: authorizations, needs: [' ', '\t', ':'] },
  { name: 'secret', find: pairs, needs: ['=', ':'] },
  { name: 'secret', find: quotedTokens, needs: ['token', 'key', 'session', 'credential', 'otp', 'secret'] },
  {
    name: 'secret',
    find: quotedPasswords,
    needs: ['pass', 'kennwort', 'identified by', 'pin', 'cvv', 'otp', 'security code', '--'],
  },
  { name: 'secret', find: userPairs, needs: ['-u ', '-user '] },
  shape('jwt', matches(/\beyJ[\w-]{4}[\w-]*(?:\.[\w-]*)*/g), ['eyj']),
  shape('secret', vendorKeys),
  // Stripe's client secrets; Telegram; Facebook applications; Azure AD, DevOps and Storage; Terraform; Discord; Mailchimp
  shape('secret', matches(/_secret_[A-Za-z\d]{8}[A-Za-z\d]*/g), ['_secret_']),
  shape('secret', matches(/(?<!\d)\d{8,10}:[\w-]{32,40}/g), [':'], { digits: 8, least: 41 }),
  shape('secret', matches(/(?<!\d)\d{15,16}(?:\||%7[cC])[\w-]{27,40}/g), ['|', '%7c'], { digits: 15 }),
  shape('secret', matches(/[\w~.]{3}\dQ~[\w~.-]{31,34}/g), ['q~']),
  shape('secret', matches(/[A-Za-z\d]{76}AZDO[A-Za-z\d]{4}/g), ['azdo']),
  shape('secret', matches(/(?<![A-Za-z\d+])[A-Za-z\d+/]{86}==/g), ['==']),
  shape('secret', matches(/[A-Za-z\d]{14}\.atlasv1\.[\w=-]{60,70}/g), ['.atlasv1.']),
  shape('secret', matches(/\b[MNO][A-Za-z\d_-]{23,25}\.[\w-]{6}\.[\w-]{27,38}/g), ['.'], { least: 58 }),
  shape('secret', matches(/(?<![\da-z])[\da-f]{32}-us\d{1,2}(?![\da-z])/g), ['-us']),
  shape('secret', matches(/(?<![\da-z])[a-z2-7]{52}(?![\da-z])/g), [], { digits: 1, least: 52 }),
  shape('email', personal.emails, ['@', '%40', '＠', '\\u0040']),
  { name: 'token', find: randomTokens, word: randomWords, least: 20 },
  shape('card', personal.cards, [], { digits: 13 }),
  shape('iban', personal.ibans, [], { digits: 8, least: 15 }),
  shape('ssn', personal.nationalIds, ['-'], { digits: 9 }),
  { name: 'mac', find: personal.macs, needs: [':', '-'], least: 17 },
  { name: 'phone', find: personal.phones, needs: ['+', '%2b', '('], digits: 7 },
  { name: 'ip', find: personal.ipv4s, needs: ['.'], digits: 4 },
  { name: 'ip', find: personal.ipv6s, needs: [':'] },
  { name: 'mnemonic', find: personal.mnemonics, needs: [' '], least: 47 },
];
