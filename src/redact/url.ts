import { decode, REDACTED } from './decode.ts';
import { isIdentifier } from './identifiers.ts';
import { isHiddenUnder, isVersion, nameKind } from './named.ts';
import { ownName } from './own-rules.ts';
import { redactPath } from './path.ts';
import { hasSecret } from './text.ts';

export { REDACTED } from './decode.ts';

/** A longer query is dropped whole; a longer URL loses everything behind its path. */
const QUERY_CAP = 4096;
const URL_CAP = 8192;

/** Of such a word no kind finds anything but by its name. */
const SHORT_WORD = /^(?:[A-Za-z]{0,6}|\d{0,9})$/;

/** Whether a value must not be shown for its own form. `named`: the name says that what looks random is an identifier. */
function isSecretValue(value: string, named = false): boolean {
  if (SHORT_WORD.test(value)) return false;
  const text = decode(value.replaceAll('+', ' '));
  if (text === undefined) return true;
  const plain = text.trim();
  // a blank may be a `+` that nobody encoded
  return (
    hasSecret(plain, !named && !(plain.length >= 20 && isIdentifier(plain))) ||
    (value.startsWith('+') && hasSecret(`+${plain}`, false))
  );
}

/** Whether the value under this name must not be shown, in whatever encoding it stands there. */
export function isHiddenPair(name: string, value: string): boolean {
  if (ownName(name) === 'keep') return hasSecret(value, false);
  const text = decode(value.replaceAll('+', ' '));
  if (text !== undefined && isVersion(name, text)) return false;
  return text === undefined || isHiddenUnder(name, text) || isSecretValue(value, nameKind(name) === 'identifier');
}

function redactPair(pair: string): string {
  const decoded = /%3d/i.test(pair) && !pair.includes('=') ? pair.replace(/%(?:25)*3d/gi, '=') : pair;
  const at = decoded.indexOf('=');
  if (at < 0) return decoded === '' || (decoded.length <= 64 && !isSecretValue(decoded)) ? decoded : REDACTED;
  const key = decoded.slice(0, at);
  const value = decoded.slice(at + 1);
  const name = decode(key.replaceAll('+', ' '));
  if (name === undefined || isSecretValue(key)) return `${REDACTED}=${REDACTED}`;
  if (value === '') return `${key}=`;
  return `${key}=${isHiddenPair(name, value) ? REDACTED : value}`;
}

/** A query without its `?`: secret and personal values replaced, names kept. `;` separates as well as `&`. */
export function redactQuery(query: string): string {
  if (query.length > QUERY_CAP) return REDACTED;
  return query
    .split(/([&;])/)
    .map((part) => (part === '&' || part === ';' ? part : redactPair(part)))
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
 * A URL that may leave the process: userinfo, the fragment, secret and personal query values and path segments replaced. Works on any text,
 * absolute, relative or malformed; where it is not sure, it drops.
 * Semantic conventions `url.full`: credentials MUST be redacted, and the replacement is `REDACTED`.
 */
export function redactUrl(url: string): string {
  try {
    const text = url.length > URL_CAP ? url.slice(0, URL_CAP) : url;
    const hash = text.indexOf('#');
    const head = hash < 0 ? text : text.slice(0, hash);
    const mark = head.indexOf('?');
    const before = mark < 0 ? head : head.slice(0, mark);
    const query = mark < 0 || url.length > URL_CAP ? '' : `?${redactQuery(head.slice(mark + 1))}`;
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
    return start[0] + authority + (slash < 0 ? '' : redactPath(rest.slice(slash), authority)) + query;
  } catch {
    return REDACTED;
  }
}
