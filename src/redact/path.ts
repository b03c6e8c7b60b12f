import { isSecretWord } from './text.ts';

const REDACTED = 'REDACTED';
/** Names in a path after which a value of its own follows that opens something. */
const BEFORE_SECRET = new Set(
  'token tokens secret secrets password passwords apikey api-key api_key key keys auth reset reset-password invite invites invitation verify confirm activate magic session sessions otp share signed unsubscribe hooks webhooks'.split(
    ' ',
  ),
);

function decoded(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** A word of letters only is a route name; digits among them make a value. */
const isValue = (segment: string): boolean =>
  segment.length >= 8 && /\d/.test(segment) && !/^\d{1,20}$/.test(segment) && !/^v\d+$/.test(segment);

/** Whether a path segment is a token: by its shape (a JWT, a vendor prefix, an e-mail, random characters), or by the name before it. */
export function isSecretSegment(segment: string, before?: string): boolean {
  const text = decoded(segment);
  if (isSecretWord(text) || (text.indexOf('@') > 0 && text.length > 2)) return true;
  if (/^[\da-f]{32,}$/i.test(text)) return true;
  if (/^bot\d+:/i.test(text)) return true;
  return before !== undefined && BEFORE_SECRET.has(before.toLowerCase()) && isValue(text);
}

/** A path that may leave the process: token segments and the values of `;name=value` parameters replaced. */
export function redactPath(path: string): string {
  if (path.length > 4096) return `/${REDACTED}`;
  const segments = path.split('/');
  return segments
    .map((segment, i) => {
      const [head = '', ...parameters] = segment.split(';');
      const safe = head !== '' && isSecretSegment(head, segments[i - 1]) ? REDACTED : head;
      return [
        safe,
        ...parameters.map((p) => (p.includes('=') ? `${p.slice(0, p.indexOf('='))}=${REDACTED}` : REDACTED)),
      ].join(';');
    })
    .join('/');
}
