import { isIdentifier } from './identifiers.ts';
import { isHiddenUnder, isVersion, nameKind } from './named.ts';
import { hasOwnValues, ownName, ownValue } from './own-rules.ts';
import { isRandom, isSecretPlace } from './random.ts';
import { tell } from './range.ts';
import { hasSecret } from './text.ts';

/** What stands in a URL for what was taken out: semantic conventions, `url.full`. */
export const REDACTED = 'REDACTED';

/** Undoes percent-encoding up to five times (repeated encoding hides what is there); undefined if it is invalid or goes on. */
export function decode(text: string): string | undefined {
  let out = text;
  for (let i = 0; out.includes('%'); i++) {
    if (i === 5) return undefined;
    try {
      const next = decodeURIComponent(out);
      if (next === out) return out;
      out = next;
    } catch {
      return i === 0 ? undefined : out;
    }
  }
  return out;
}

const PLAIN = /^[\w.~-]{0,14}$/;

/** Whether a path segment must not be shown: by its form, or by the name before it. `isHook`: whoever knows the path may call it. */
export function isSecretSegment(segment: string, before?: string, isHook = false): boolean {
  // most segments: short words and numbers
  const isShort = PLAIN.test(segment) && !/\d{3}/.test(segment) && (segment.length < 8 || !/\d/.test(segment));
  if (isShort && !isHook && !hasOwnValues()) return false;
  const text = decode(segment);
  if (text === undefined) return true;
  const own = hasOwnValues() ? ownValue(text) : undefined;
  if (own !== undefined) return own === 'redact';
  if (hasSecret(text, false) || (text.indexOf('@') > 0 && text.length > 2) || /^bot\d+:/i.test(text)) return true;
  const isSecret = isSecretPlace(text, before, isHook);
  if (isSecret) tell(isHook ? 'in the path of a webhook' : `in a path behind: ${before ?? 'nothing'}`, text);
  return isSecret;
}

/** Whether a segment is a value and no route's name: secret, personal, or an identifier that looks drawn at random. */
export const isOpaqueSegment = (segment: string, before?: string): boolean => {
  const text = decode(segment) ?? segment;
  return isIdentifier(text) || isRandom(text) || isSecretSegment(segment, before);
};

/** A path that may leave the process: secret and personal segments and the values of `;name=value` parameters replaced. */
export function redactPath(path: string, host = ''): string {
  if (path.length > 4096) return `/${REDACTED}`;
  let isHook = /hook/i.test(host);
  const segments = path.split('/');
  return segments
    .map((segment, i) => {
      const [head = '', ...parameters] = segment.split(';');
      const safe = head !== '' && isSecretSegment(head, segments[i - 1], isHook) ? REDACTED : head;
      isHook ||= /^(?:web|incoming)?-?hooks?$/i.test(segment);
      return [safe, ...parameters.map((p) => `${/^[^=]*=/.exec(p)?.[0] ?? ''}${REDACTED}`)].join(';');
    })
    .join('/');
}

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
