import { authorizations, type Find, pairs, prefixed, privateKeys, quoted, type Range } from './scan.ts';
import { isCardNumber, looksRandom } from './shapes.ts';

/**
 * Kinds of secrets and personal data in free text, one row each; what is found is replaced by the row's name in brackets. Every
 * expression is linear, which a test proves with `recheck`; none sees more than 2 KiB. Order matters: structured kinds before loose ones.
 */
export interface Kind {
  readonly name: string;
  readonly find: Find;
  /** One of these substrings (lower case) must be there, else nothing is looked for. */
  readonly needs?: readonly string[];
  /** True if the word alone, without context, gives it away: such a word is never a code or a request ID. */
  readonly word?: true;
}

/** The matches of an expression that pass the proof, without their first `keep` characters. */
const matches =
  (pattern: RegExp, keep = 0, proof: (match: string) => boolean = () => true): Find =>
  (text) => {
    const found: Range[] = [];
    // not `matchAll`: it makes a copy of the expression for every text, and most texts hold nothing
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text))
      if (proof(match[0])) found.push({ from: match.index + keep, to: match.index + match[0].length });
    return found;
  };

const hasDigit = (text: string): boolean => /\d/.test(text);
const isIpv4 = (text: string): boolean => text.split('.').every((part) => Number(part) <= 255);
/** Full or compressed form with at least one letter or a double colon; `12:30:45` is a time. */
const isIpv6 = (text: string): boolean =>
  (text.includes('::') && text.length > 4) || (text.split(':').length === 8 && !text.includes('::'));

export const KINDS: readonly Kind[] = [
  { name: 'private key', find: privateKeys, needs: ['-----begin'] },
  { name: 'credentials', find: matches(/:\/\/[^\s/?#"'<>@]{0,256}@/g, 3), needs: ['@'] },
  { name: 'authorization', find: authorizations, needs: [' ', '\t', ':'] },
  { name: 'secret', find: pairs, needs: ['=', ':'] },
  { name: 'secret', find: quoted, needs: [' '] },
  { name: 'jwt', find: matches(/\beyJ[\w-]{4}[\w-]*(?:\.[\w-]*)*/g), needs: ['eyj'], word: true },
  { name: 'secret', find: prefixed, word: true },
  { name: 'secret', find: matches(/(?<!\d)\d{8,10}:[\w-]{32,40}/g), needs: [':'], word: true },
  {
    name: 'email',
    find: matches(/(?<![\w.%+-])[\w.%+-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g),
    needs: ['@', '%40'],
    word: true,
  },
  { name: 'token', find: matches(/[\w+/=-]{20}[\w+/=-]*/g, 0, looksRandom), word: true },
  { name: 'card', find: matches(/(?<![\d.-])[2-6]\d{3}(?:[ -]?\d){9,15}(?!\d)/g, 0, isCardNumber), word: true },
  { name: 'iban', find: matches(/\b[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){3,7}(?: ?[A-Z\d]{1,3})?\b/g, 0, hasDigit) },
  { name: 'ssn', find: matches(/(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])/g), needs: ['-'] },
  { name: 'phone', find: matches(/(?<![\w+])\+\d(?:[ ().-]{0,2}\d){7,14}(?!\d)/g), needs: ['+'] },
  { name: 'ip', find: matches(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\d)/g, 0, isIpv4), needs: ['.'] },
  { name: 'ip', find: matches(/(?<![\w:.])(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}(?![\w:])/gi, 0, isIpv6), needs: [':'] },
];
