import { isSecretKey } from './keys.ts';
import { redactPath } from './path.ts';
import { isSecretWord, redactText } from './text.ts';

export const REDACTED = 'REDACTED';
/** A longer query is dropped whole; a longer URL loses everything behind its path. */
const QUERY_CAP = 4096;
const URL_CAP = 8192;

/** Undoes percent-encoding up to three times (double encoding hides names); undefined if it is invalid. */
function decode(text: string): string | undefined {
  let out = text;
  for (let i = 0; i < 3 && out.includes('%'); i++) {
    try {
      out = decodeURIComponent(out);
    } catch {
      return undefined;
    }
  }
  return out;
}

/** Of such a word the kinds that are no words can find nothing: they need other characters, or more (an IBAN has 16). */
const SHORT_WORD = /^\w{0,15}$/;

function isSecretValue(value: string): boolean {
  const text = decode(value.replaceAll('+', ' '));
  if (text !== undefined && SHORT_WORD.test(text)) return isSecretWord(text);
  return text === undefined || isSecretWord(text) || redactText(text, 4096) !== text.trim();
}

function redactPair(pair: string, more?: ReadonlySet<string>): string {
  const decoded = /%3d/i.test(pair) && !pair.includes('=') ? pair.replace(/%3d/gi, '=') : pair;
  const at = decoded.indexOf('=');
  if (at < 0) return decoded === '' || (decoded.length <= 64 && !isSecretValue(decoded)) ? decoded : REDACTED;
  const key = decoded.slice(0, at);
  const value = decoded.slice(at + 1);
  const name = decode(key.replaceAll('+', ' '));
  if (name === undefined || isSecretValue(key)) return `${REDACTED}=${REDACTED}`;
  if (value === '') return `${key}=`;
  return isSecretKey(name, more) || isSecretValue(value) ? `${key}=${REDACTED}` : `${key}=${value}`;
}

/** A query without its `?`: secret values replaced, names kept. `;` separates as well as `&`. */
export function redactQuery(query: string, more?: ReadonlySet<string>): string {
  if (query.length > QUERY_CAP) return REDACTED;
  return query
    .split(/([&;])/)
    .map((part) => (part === '&' || part === ';' ? part : redactPair(part, more)))
    .join('');
}

/** `host`, `host:port`, `[v6]:port`: anything else behind `//` may be half a password. */
const AUTHORITY = /^(?:\[[\da-f:.%]{2,60}\]|[^\s:@\\[\]<>"'`{}|^]{1,255})(?::\d{0,5})?$/i;

function redactAuthority(authority: string): string {
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  const safe = AUTHORITY.test(host) ? host : REDACTED;
  return at < 0 ? safe : `${REDACTED}:${REDACTED}@${safe}`;
}

/**
 * A URL that may leave the process: userinfo, the fragment, secret query values and tokens in the path replaced. Works on any text,
 * absolute, relative or malformed; where it is not sure, it drops. `more` holds further secret query names in lower case.
 * Semantic conventions `url.full`: credentials MUST be redacted, and the replacement is `REDACTED`.
 */
export function redactUrl(url: string, more?: ReadonlySet<string>): string {
  try {
    const text = url.length > URL_CAP ? url.slice(0, URL_CAP) : url;
    const hash = text.indexOf('#');
    const head = hash < 0 ? text : text.slice(0, hash);
    const mark = head.indexOf('?');
    const before = mark < 0 ? head : head.slice(0, mark);
    const query = mark < 0 || url.length > URL_CAP ? '' : `?${redactQuery(head.slice(mark + 1), more)}`;
    const start = /^(?:[a-z][a-z\d+.-]{0,30}:)?[/\\]{2}/i.exec(before);
    if (start === null) {
      // `mailto:`, `data:` and the like carry their payload in the path.
      const scheme = /^[a-z][a-z\d+.-]{0,30}:/i.exec(before);
      return scheme === null ? redactPath(before) + query : `${scheme[0]}${REDACTED}`;
    }
    const rest = before.slice(start[0].length);
    const slash = rest.indexOf('/');
    const authority = redactAuthority(slash < 0 ? rest : rest.slice(0, slash));
    if (authority === REDACTED) return start[0] + REDACTED;
    return start[0] + authority + (slash < 0 ? '' : redactPath(rest.slice(slash))) + query;
  } catch {
    return REDACTED;
  }
}
