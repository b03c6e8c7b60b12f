import { isCardNumber } from './identifiers.ts';
import { type Find, isAlnum, matches, type Range } from './range.ts';

/** Personal data that its own form gives away. */

const FULL_WIDTH_AT = 65312;
const inAddress = (c: number): boolean =>
  isAlnum(c) ||
  (c > 127 && c !== FULL_WIDTH_AT) ||
  (c < 64 && '.%+-!#$&*/='.includes(String.fromCharCode(c))) ||
  c === 95;
const inDomain = (c: number): boolean => isAlnum(c) || c > 127 || c === 45 || c === 46;
const AT = /@|%40|＠|\\u0040/gi;

/** Around each `@`: in any script, and never a package's version (`name@1.0.0`). */
export const emails: Find = (text) => {
  const found: Range[] = [];
  AT.lastIndex = 0;
  let before = 0;
  for (let match = AT.exec(text); match !== null; match = AT.exec(text)) {
    const end = match.index + match[0].length;
    let from = match.index;
    while (from > before && match.index - from < 64 && inAddress(text.charCodeAt(from - 1))) from--;
    let to = end;
    while (to < text.length && to - end < 255 && inDomain(text.charCodeAt(to))) to++;
    while (to > end && '.-'.includes(text[to - 1]!)) to--;
    const dot = text.lastIndexOf('.', to - 1);
    before = to;
    if (
      from === match.index ||
      dot <= end ||
      to - dot < 3 ||
      !/^(?:[a-z]{2,}|xn--\S+|[^\x00-\x7f]+)$/i.test(text.slice(dot + 1, to))
    )
      continue;
    // the name of a pair is none of the address: `mail=ann@…`, `/users/ann@…`
    from += Math.max(...['=', '/', '&'].map((mark) => text.slice(from, match.index).lastIndexOf(mark))) + 1;
    if (from < match.index) found.push({ from, to });
  }
  return found;
};

/** ISO/IEC 7812: the first digits that networks have, and the lengths of their numbers. */
const CARD =
  /^(?:4\d{15}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}|6(?:011|4[4-9]\d|5\d\d)\d{12}|62\d{14,17}|(?:50|5[6-8]|6[37])\d{14}|4\d{12})$/;
export const isCard = (text: string): boolean => CARD.test(text.replace(/\D/g, '')) && isCardNumber(text);

const IBAN_LENGTH: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 ' +
    'GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 ' +
    'PT25 QA29 RO24 RS22 SA24 SC31 SD18 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20'
  )
    .split(' ')
    .map((row) => [row.slice(0, 2), Number(row.slice(2))]),
);
/** ISO 13616: the country's length; in capitals a wrong check sum is a mistyped account, in lower case it is another word. */
export function isIban(text: string): boolean {
  const word = text.replace(/[ -]/g, '');
  const upper = word.toUpperCase();
  if (IBAN_LENGTH[upper.slice(0, 2)] !== upper.length) return false;
  if (word === upper && /\d{6}/.test(word)) return true;
  let rest = 0;
  for (const c of upper.slice(4) + upper.slice(0, 4)) {
    const value = Number.parseInt(c, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** Such numbers with dots are versions, and addresses that everybody has are nobody's. */
const VERSION = /(?:version|release|firmware|build|update|node|npm|chrome|safari|firefox|java|v|[\w.]\/|@)[ :=]{0,2}$/;
const COMMON = /^(?:127\.|0\.0\.0\.0|255\.)/;
const NEWER = /^(?:-\w| (?:or|and) (?:newer|later|higher|above|up))/;
/** What could not be reached is the connection's own address. */
const CONNECTION = /\be[a-z]{4,14}(?: [a-z]{1,12})?:? $/;
const isIpv4 = (ip: string, text: string, from: number): boolean => {
  if (ip.split('.').some((part) => Number(part) > 255) || COMMON.test(ip)) return false;
  const before = text.slice(Math.max(0, from - 24), from).toLowerCase();
  const after = text.slice(from + ip.length, from + ip.length + 16);
  return !VERSION.test(before) && !NEWER.test(after) && !(CONNECTION.test(before) && /^:\d/.test(after));
};
/** Full or compressed form with at least one letter or a double colon; `12:30:45` is a time. */
const isIpv6 = (ip: string): boolean =>
  (ip.includes('::') && ip.length > 4) || (ip.split(':').length === 8 && !ip.includes('::'));

/** The mortar of sentences. */
const NOT_IN_MNEMONIC =
  /^(?:the|and|for|not|are|was|has|had|but|with|from|have|been|were|your|its|does|did|which|must|than|into|these|those|please|our|their|when)$/;
const WORDS = 12;
const RUN = /(?<![a-z])(?:[a-z]{3,8}[ ,]){11}/;
/** BIP 39: twelve and more lower-case words of three to eight letters, none of them a sentence's mortar. */
export const mnemonics: Find = (text) => {
  const found: Range[] = [];
  let from = 0;
  let to = 0;
  let count = 0;
  for (const { 0: word, index } of RUN.test(text) ? `${text} .`.matchAll(/[a-z]+|[^a-z ,]/g) : []) {
    if (/^[a-z]{3,8}$/.test(word) && !NOT_IN_MNEMONIC.test(word)) {
      if (count++ === 0) from = index;
      to = index + word.length;
      continue;
    }
    if (count >= WORDS) found.push({ from, to });
    count = 0;
  }
  return found;
};

export const cards = matches(/(?<![\d.-])[2-6]\d{3}(?:[ .-]?\d){9,15}(?!\d)/g, 0, isCard);
export const ibans = matches(
  /(?<![A-Za-z\d])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z\d]{4}){2,7}(?:[ -]?[A-Za-z\d]{1,3})?(?![A-Za-z\d])/g,
  0,
  isIban,
);
/** US social security, Brazilian CPF. */
export const nationalIds = matches(/(?<![\w-])(?:\d{3}-\d{2}-\d{4}|\d{3}\.\d{3}\.\d{3}-\d{2})(?![\w-])/g);
export const phones = matches(
  /(?<![\w+])(?:\+|%2[bB])\d(?:[ ().-]{0,2}\d){7,14}(?!\d)|(?<![\w)])\(\d{2,5}\) ?\d{3,4}[ -]?\d{3,5}(?!\d)/g,
);
export const macs = matches(/(?<![\w:-])[\da-fA-F]{2}(?:[:-][\da-fA-F]{2}){5}(?![\w:-])/g);
export const ipv4s = matches(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\d|\.\d)/g, 0, isIpv4);
export const ipv6s = matches(/(?<![\w:.])(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}(?![\w:])/gi, 0, isIpv6);
