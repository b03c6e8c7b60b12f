import { decode, REDACTED } from './decode.ts';
import { isIdentifier } from './identifiers.ts';
import { hasOwnValues, ownValue } from './own-rules.ts';
import { isRandom, isSecretPlace } from './random.ts';
import { hasSecret } from './text.ts';
import { tell } from './told.ts';

const PLAIN = /^[\w.~-]{0,14}$/;

/** Whether a path segment must not be shown: by its form, or by the name before it. `isHook`: whoever knows the path may call it. */
export function isSecretSegment(segment: string, before?: string, isHook = false): boolean {
  // most segments: short words and numbers
  if (
    !isHook &&
    PLAIN.test(segment) &&
    !hasOwnValues() &&
    !/\d{3}/.test(segment) &&
    (segment.length < 8 || !/\d/.test(segment))
  )
    return false;
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
      return [
        safe,
        ...parameters.map((p) => (p.includes('=') ? `${p.slice(0, p.indexOf('='))}=${REDACTED}` : REDACTED)),
      ].join(';');
    })
    .join('/');
}
