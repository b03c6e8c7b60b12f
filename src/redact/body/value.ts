import { isIdentifier } from '../identifiers.ts';
import { isHiddenUnder, isVersion, nameKind } from '../named.ts';
import { hasOwnValues } from '../own-rules.ts';
import { hasSecret, redactText } from '../text.ts';
import { vendorKeys } from '../vendor.ts';

export type Side = 'request' | 'response';

export const WORD_MAX = 2000;
export const SECRET = '[secret]';

/** An OAuth code or state in a request; in a failing answer, what failed. */
const OUTCOME = new Set(['code', 'state', 'status', 'key', 'policy']);
/** Whether a name of a body hides its value. */
export const isHiddenOn = (side: Side, name: string, value: string): boolean =>
  !(side === 'response' && OUTCOME.has(name.toLowerCase())) && isHiddenUnder(name, value);

/** Words and blanks in which only a vendor's key could hide. */
const TRIVIAL = /^[A-Za-z _.,-]{0,19}$/;
const NUMBER = /^\d{1,6}(?:\.\d{1,4})?$/;

/** Whether nothing of a text has to go; the blanks and line breaks that the redactor evens out are not a copy's business. */
export function isClean(text: string): boolean {
  if (text.length > WORD_MAX) return false;
  if (!hasOwnValues() && (NUMBER.test(text) || (TRIVIAL.test(text) && vendorKeys(text).length === 0))) return true;
  return !hasSecret(text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' '));
}

/** A value under a name that does not hide it: by its form. */
export function redactValue(text: string, name: string): string {
  if (text.length > WORD_MAX) return '[dropped: too long to redact]';
  if (isClean(text) || isVersion(name, text)) return text;
  const isObject = (isIdentifier(text) || nameKind(name) === 'identifier') && !/\s/.test(text);
  return isObject && !hasSecret(text, false) ? text : redactText(text, WORD_MAX);
}

/** Pairs in which the name is a value itself: `{"name":"password","value":"…"}`, `{"loc":["body","password"],"input":"…"}`. */
const LABELS = new Set(
  'name key field param parameter header property path loc location attribute label variable fieldname propertyname k'.split(
    ' ',
  ),
);
const VALUES = new Set(
  'value values input content data val v string stringvalue rejectedvalue received actual given got attemptedvalue provided text default defaultvalue current'.split(
    ' ',
  ),
);
export const isLabel = (name: string): boolean => LABELS.has(name.toLowerCase());
export const isLabelled = (name: string): boolean => VALUES.has(name.toLowerCase().replace(/[_-]/g, ''));

/** The name that a text names, if it hides what it belongs to. */
export function hidingLabel(text: string): string | undefined {
  if (text.length === 0 || text.length > 64 || /\s/.test(text)) return undefined;
  const kind = nameKind(text);
  return kind === 'ordinary' || kind === 'identifier' ? undefined : text;
}
