import { CutText, parseTolerant } from '../extract/tolerant.ts';
import { isSecretKey, redactText } from '../redact/index.ts';

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
      return JSON.stringify(redactValue(JSON.parse(body), 0, hides));
    } catch {
      // Cut short by the capture limit: as much JSON as is there.
      if (/^\s*(?:\{\s*"|\[\s*[{["])/.test(body)) return JSON.stringify(redactValue(parseTolerant(body), 0, hides));
    }
  }
  if (FORM.test(body))
    return body
      .split('&', PAIRS_MAX)
      .map((pair) => redactPair(pair, hides))
      .join('&');
  return body
    .split('\n')
    .map((line) => (line.length > WORD_MAX ? '[line dropped: too long to redact]' : redactForm(line, hides)))
    .join('\n');
}

/** A whole `application/x-www-form-urlencoded` body. */
const FORM = /^[^\s=&{}<>"]{1,128}=[^\s&]*(?:&[^\s=&{}<>"]{1,128}=[^\s&]*)*$/;
const PAIRS_MAX = 512;

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
  if (typeof value === 'string')
    return value.length > WORD_MAX ? '[dropped: too long to redact]' : redactText(value, WORD_MAX);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1, hides));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      hides(key) && !isCount(key, inner) ? '[secret]' : redactValue(inner, depth + 1, hides),
    ]),
  );
}

/** `a=1&password=x` and loose `key: value` text, as in form bodies and cut JSON. */
const redactForm = (line: string, hides: Hides): string =>
  redactText(
    line.replace(
      /(["']?)([\w.[\]-]{1,64})\1(\s{0,4}[=:]\s{0,4})("[^"]*"?|'[^']*'?|[^&,;\s}]+)/g,
      (whole, q, key, sep) => (hides(String(key)) ? `${q}${key}${q}${sep}[secret]` : whole),
    ),
    WORD_MAX,
  );
