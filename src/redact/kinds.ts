import { STRONG_PREFIXES, WEAK_PREFIXES } from './prefixes.ts';
import { isCardNumber, looksRandom } from './shapes.ts';

/**
 * Kinds of secrets and personal data in free text, one row each; a match is replaced by the row's name in brackets. Every expression
 * is linear, which a test proves with `recheck`; none runs on more than 2 KiB. Order matters: structured kinds before loose ones.
 */
export interface Kind {
  readonly name: string;
  readonly pattern: RegExp;
  /** One of these substrings (lower case) must be there, else the expression need not run. */
  readonly needs?: readonly string[];
  /** Further proof, for shapes that ordinary text shares. */
  readonly proof?: (match: string) => boolean;
  /** Keep this much of the match (a group called `keep`). */
  readonly keeps?: true;
  /** True if the word alone, without context, gives it away: such a word is never a code or a request ID. */
  readonly word?: true;
}

const literal = (text: string): string => text.replace(/[.|$/]/g, '\\$&');
const prefixed = (prefixes: readonly string[], tail: string): RegExp =>
  new RegExp(`(?<![A-Za-z0-9])(?:${prefixes.map(literal).join('|')})${tail}`, 'g');
const hasDigit = (text: string): boolean => /\d/.test(text);
const isIpv4 = (text: string): boolean => text.split('.').every((part) => Number(part) <= 255);
/** Full or compressed form with at least one letter or a double colon; `12:30:45` is a time. */
const isIpv6 = (text: string): boolean =>
  (text.includes('::') && text.length > 4) || (text.split(':').length === 8 && !text.includes('::'));

export const KINDS: readonly Kind[] = [
  {
    name: 'private key',
    pattern: /-----BEGIN [A-Z\d ]{1,40}-----[^-]*(?:-----END [A-Z\d ]{1,40}-----)?/g,
    needs: ['-----begin'],
  },
  {
    name: 'credentials',
    pattern: /(?<keep>:\/\/)[^\s/?#"'<>]*@/g,
    needs: ['@'],
    keeps: true,
  },
  {
    name: 'authorization',
    pattern:
      /(?<keep>\b(?:bearer|basic|digest|negotiate|ntlm|dpop|hawk|signature|aws4-hmac-sha256|sso-key|genie-?key)[\t :]{1,3})[^\s"'<>]{3}[^"'<>\n]*/gi,
    needs: ['bearer', 'basic', 'digest', 'negotiate', 'ntlm', 'dpop', 'hawk', 'signature', 'aws4', 'sso-key', 'genie'],
    proof: (m) => /[\d=]|[A-Z][a-z]*[A-Z]|[^\s"'<>]{16}/.test(m.slice(m.search(/[\t :]/) + 1)),
    keeps: true,
  },
  {
    name: 'header',
    pattern:
      /(?<keep>\b(?:proxy-authorization|authorization|set-cookie|cookie|x-[a-z-]{0,20}(?:key|token|auth|secret))[\t ]*:)[^\n]*/gi,
    needs: ['authorization', 'cookie', 'x-'],
    keeps: true,
  },
  { name: 'jwt', pattern: /\beyJ[\w-]{4}[\w-]*(?:\.[\w-]*)*/g, needs: ['eyj'], word: true },
  {
    name: 'secret',
    pattern:
      /(?<keep>(?:passw(?:or)?d|passphrase|pwd|secret(?:[_-]?key)?|client[_-]?secret|private[_-]?key|(?:shared)?access[_-]?key|account[_-]?key|api[_-]?key|token|session[_-]?id|credentials?|sig|signature)["']?\s{0,3}[=:]\s{0,3}["'])[^"']+/gi,
    needs: ['"', "'"],
    keeps: true,
  },
  {
    name: 'secret',
    pattern:
      /(?<keep>(?:passw(?:or)?d|passphrase|pwd|client[_-]?secret|secret|shared[_-]?access[_-]?key|account[_-]?key|private[_-]?key)\s{0,3}[=:]\s{0,3})[^\s"',;&]+/gi,
    needs: ['passw', 'passphrase', 'pwd', 'secret', 'key'],
    keeps: true,
  },
  {
    name: 'secret',
    pattern:
      /(?<keep>(?:token|api[_-]?key|key|sig|signature|code|session[_-]?id|jsessionid|otp|pin|auth)=)[^\s"',;&]+/gi,
    needs: ['='],
    keeps: true,
  },
  {
    name: 'secret',
    pattern:
      /(?<keep>(?:token|api[ _-]?key|access[ _-]?key|session[_-]?id|credentials?|otp)(?: provided| is| was)?:? {1,3}["']?)[^\s"',;&()]{6,}/gi,
    needs: ['token', 'key', 'session', 'credential', 'otp'],
    proof: (m) => hasDigit(m) || /\*{3}/.test(m),
    keeps: true,
  },
  { name: 'secret', pattern: prefixed(STRONG_PREFIXES, '[\\w.~+/=|*-]{6}[\\w.~+/=|*-]*'), word: true },
  {
    name: 'secret',
    pattern: prefixed(WEAK_PREFIXES, '[\\w.~+/=-]{16}[\\w.~+/=-]*'),
    proof: (m) =>
      /\d/.test(m) && (/[A-Z]/.test(m.slice(4)) || (m.match(/\d/g)?.length ?? 0) >= 4) && !/_[A-Z]+_/.test(m),
    word: true,
  },
  { name: 'secret', pattern: /(?<!\d)\d{8,10}:[\w-]{32,40}/g, needs: [':'], word: true },
  {
    name: 'email',
    pattern: /(?<![\w.%+-])[\w.%+-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g,
    needs: ['@', '%40'],
    word: true,
  },
  { name: 'token', pattern: /[\w+/=-]{20}[\w+/=-]*/g, proof: looksRandom, word: true },
  { name: 'card', pattern: /(?<![\d.-])[2-6]\d{3}(?:[ -]?\d){9,15}(?!\d)/g, proof: isCardNumber, word: true },
  { name: 'iban', pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){3,7}(?: ?[A-Z\d]{1,3})?\b/g, proof: hasDigit },
  { name: 'ssn', pattern: /(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])/g, needs: ['-'] },
  { name: 'phone', pattern: /(?<![\w+])\+\d(?:[ ().-]{0,2}\d){7,14}(?!\d)/g, needs: ['+'] },
  { name: 'ip', pattern: /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)/g, needs: ['.'], proof: isIpv4 },
  { name: 'ip', pattern: /(?<![\w:.])(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}(?![\w:])/gi, needs: [':'], proof: isIpv6 },
];
