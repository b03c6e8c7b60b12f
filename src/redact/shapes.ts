/** Tests on one word: does its shape alone say that it is a secret or personal? Plain loops, so that the cost is the length. */

/** ISO/IEC 7812-1: 13 to 19 digits (spaces and hyphens between them allowed) with a right check digit. */
export function isCardNumber(text: string): boolean {
  let sum = 0;
  let count = 0;
  for (let i = text.length - 1; i >= 0; i--) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) continue;
    const doubled = count % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
    count++;
  }
  return count >= 13 && count <= 19 && sum % 10 === 0;
}

interface Makeup {
  digits: number;
  upper: number;
  lower: number;
  hex: boolean;
  /** Changes between digits and letters, and between lower and upper case other than one capital opening a word. */
  switches: number;
}

function makeupOf(word: string): Makeup {
  const m: Makeup = { digits: 0, upper: 0, lower: 0, hex: true, switches: 0 };
  let before = 0;
  for (let i = 0; i < word.length; i++) {
    const c = word.charCodeAt(i);
    let kind = 0;
    if (c >= 48 && c <= 57) kind = 1;
    else if (c >= 65 && c <= 90) kind = 2;
    else if (c >= 97 && c <= 122) kind = 3;
    if (kind === 1) m.digits++;
    else if (kind === 2) m.upper++;
    else if (kind === 3) m.lower++;
    if (kind === 0 || (kind === 2 && c > 70) || (kind === 3 && c > 102)) m.hex = false;
    if (before !== 0 && kind !== 0 && kind !== before && !(before === 2 && kind === 3)) m.switches++;
    before = kind;
  }
  return m;
}

/**
 * Does the word look drawn at random: hex of 32 and more, or 20 and more characters that keep switching between cases and digits?
 * Identifiers such as `ReservedFunctionConcurrentInvocationLimitExceeded` or `oauth.v2.InvalidApiKey` do not.
 */
export function looksRandom(word: string): boolean {
  if (word.length < 20) return false;
  const m = makeupOf(word);
  const letters = m.upper + m.lower;
  if (letters + m.digits < word.length * 0.8) return false;
  if (m.hex && word.length >= 32) return letters > 0 && m.digits > 0;
  const mixed = m.upper > 0 && m.lower > 0;
  if (m.digits >= 3 && (mixed || word.length >= 32)) return m.switches >= word.length / 6;
  // Base64 without a single digit is rare, but a 40-character word that switches case every third letter is no English.
  return mixed && m.digits > 0
    ? m.switches >= word.length / 4
    : mixed && word.length >= 40 && m.switches >= word.length / 3;
}

/** RFC 9562 text form. */
export const isUuid = (word: string): boolean =>
  word.length === 36 && /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(word);
