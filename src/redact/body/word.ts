import { isIdentifier } from '../identifiers.ts';
import type { NameKind } from '../names.ts';
import { hasOwnValues } from '../own-rules.ts';
import { hasSecret, redactText } from '../text.ts';
import { vendorKeys } from '../vendor.ts';

export const WORD_MAX = 2000;

/** Words and blanks in which only a vendor's key could hide. */
const TRIVIAL = /^[A-Za-z _.,-]{0,19}$/;
const NUMBER = /^\d{1,6}(?:\.\d{1,4})?$/;

/** Whether nothing of a text has to go; the blanks and line breaks that the redactor evens out are not a copy's business. */
export function isClean(text: string): boolean {
  if (text.length > WORD_MAX) return false;
  if (!hasOwnValues() && (NUMBER.test(text) || (TRIVIAL.test(text) && vendorKeys(text).length === 0))) return true;
  return !hasSecret(text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' '));
}

/** A value under a name of this kind that does not hide it: by its form. */
export function redactWord(text: string, kind: NameKind): string {
  if (text.length > WORD_MAX) return '[dropped: too long to redact]';
  if (isClean(text)) return text;
  if ((kind === 'identifier' || isIdentifier(text)) && !/\s/.test(text) && !hasSecret(text, false)) return text;
  return redactText(text, WORD_MAX);
}

/** What an answer says about a field instead of repeating it: `must be 8 characters`. */
export const isSentence = (text: string): boolean =>
  /^\S+\s+\S+\s+\S/.test(text) &&
  /\b(?:must|is|are|should|cannot|can't|required|invalid|too|not|least|already|has|have|does|was|please|only|at)\b/i.test(
    text,
  );
