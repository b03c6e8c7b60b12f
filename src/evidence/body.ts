import { CutText, parseTolerant } from '../extract/parse/tolerant-json.ts';
import { isSecretKey, redactText } from '../redact/index.ts';
import { isSameJson } from './same-json.ts';

const DEPTH_MAX = 32;
const WORD_MAX = 2000;

/** An OAuth code or state in a request; in a failing answer, what failed. */
const OUTCOME = new Set(['code', 'state', 'status', 'card']);

/**
 * A captured body that may be shown. JSON is redacted value by value, so that it stays JSON and a secret key hides whatever it holds; other
 * text line by line. What is too deep or too long for the rules is dropped, not passed.
 */
export function redactBody(body: string, side: 'request' | 'response'): string {
  const hides = (key: string): boolean => isSecretKey(key) && !(side === 'response' && OUTCOME.has(key.toLowerCase()));
  if (/^\s*[{[]/.test(body)) {
    try {
      const value: unknown = JSON.parse(body);
      const safe = JSON.stringify(redactValue(value, 0, hides));
      // Where nothing had to go the text stays as it was sent: blanks, and numbers that no double holds.
      return safe === JSON.stringify(value) && isSameJson(body, value) ? body : safe;
    } catch {
      // Cut short by the capture limit: as much JSON as is there.
      if (/^\s*(?:\{\s*"|\[\s*[{["])/.test(body)) return JSON.stringify(redactValue(parseTolerant(body), 0, hides));
    }
  }
  if (FORM.test(body))
    return body
      .split('&')
      .map((pair) => redactPair(pair, hides))
      .join('&');
  return body
    .split('\n')
    .map((line) => (line.length > WORD_MAX ? '[line dropped: too long to redact]' : redactForm(line, hides)))
    .join('\n');
}

/** A whole `application/x-www-form-urlencoded` body. */
const FORM = /^[^\s=&{}<>"]{1,128}=[^\s&]*(?:&[^\s=&{}<>"]{1,128}=[^\s&]*)*$/;

/** `note=see+me`: the name stays, so that the copy has every field; a value that hides something goes whole. */
function redactPair(pair: string, hides: Hides): string {
  const at = pair.indexOf('=');
  const key = decoded(pair.slice(0, at));
  const value = decoded(pair.slice(at + 1));
  if (key === undefined || key.length > WORD_MAX || redactText(key, WORD_MAX) !== key.trim())
    return '[secret]=[secret]';
  const shown = value !== undefined && value.length <= WORD_MAX && redactText(value, WORD_MAX) === value.trim();
  return shown && !hides(key) ? pair : `${pair.slice(0, at)}=[secret]`;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** `max_tokens`, `usage.prompt_tokens`, `prompt_tokens_details`: how much a language model read, and no credential. */
const isCount = (key: string, value: unknown): boolean =>
  /tokens/i.test(key) && (typeof value === 'number' || (typeof value === 'object' && !Array.isArray(value)));

type Hides = (key: string) => boolean;

function redactValue(value: unknown, depth: number, hides: Hides): unknown {
  if (depth > DEPTH_MAX) return '[dropped: too deep]';
  // Half a secret is not recognised, but still half a secret.
  if (value instanceof CutText) return '[cut]';
  if (typeof value === 'string') return redactWord(value);
  // A card number may come as a number.
  if (typeof value === 'number' && Math.abs(value) >= 1e12)
    return isClean(String(value)) ? value : redactWord(String(value));
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1, hides));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      isClean(key) ? key : '[secret]',
      hides(key) && !isCount(key, inner) ? '[secret]' : redactValue(inner, depth + 1, hides),
    ]),
  );
}

const redactWord = (text: string): string =>
  text.length > WORD_MAX ? '[dropped: too long to redact]' : isClean(text) ? text : redactText(text, WORD_MAX);

/** Nothing in it had to go; the blanks and line breaks that the redactor evens out are not the copy's business. */
const isClean = (text: string): boolean =>
  text.length <= WORD_MAX &&
  redactText(text, WORD_MAX) === text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ').trim();

/** `a=1&password=x` and loose `key: value` text, as in form bodies and cut JSON. */
const redactForm = (line: string, hides: Hides): string =>
  redactText(
    line.replace(
      /(["']?)([\w.[\]-]{1,64})\1(\s{0,4}[=:]\s{0,4})("[^"]*"?|'[^']*'?|[^&,;\s}]+)/g,
      (whole, q, key, sep) => (hides(String(key)) ? `${q}${key}${q}${sep}[secret]` : whole),
    ),
    WORD_MAX,
  );
