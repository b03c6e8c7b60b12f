import { KINDS, type Kind } from './kinds.ts';

/** No expression sees more than this many characters. */
export const INPUT_CAP = 2048;

/** At most `max` characters of text, cut between words: half a secret is not recognised, but still half a secret. */
function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const space = text.lastIndexOf(' ', max);
  return text.slice(0, space > max - 512 ? Math.max(space, 0) : Math.max(max - 512, 0));
}

function apply(text: string, lower: string, kind: Kind): string {
  if (kind.needs !== undefined && !kind.needs.some((n) => lower.includes(n))) return text;
  return text.replace(kind.pattern, (match: string, ...rest: unknown[]) => {
    if (kind.proof !== undefined && !kind.proof(match)) return match;
    const keep = kind.keeps ? ((rest.at(-1) as { keep?: string }).keep ?? '') : '';
    return `${keep}[${kind.name}]`;
  });
}

/**
 * Free text that may leave the process: every known kind of secret or personal data replaced by its name in brackets, control
 * characters and lone surrogates by spaces, at most `max` characters. Fails closed: what cannot be handled is dropped.
 */
export function redactText(text: string, max = 256): string {
  try {
    let out = cut(text, INPUT_CAP).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
    const lower = out.toLowerCase();
    for (const kind of KINDS) out = apply(out, lower, kind);
    out = out.replace(/\p{Surrogate}/gu, '\ufffd').trim();
    if (out.length <= max) return out;
    const end = out.charCodeAt(max - 2) >= 0xd800 && out.charCodeAt(max - 2) <= 0xdbff ? max - 2 : max - 1;
    return `${out.slice(0, end)}…`;
  } catch {
    return '';
  }
}

/** Whether one word is, by itself, a secret or personal: such a word is never taken as a code, a request ID or a route name.
 * `except` leaves one kind out. */
export function isSecretWord(word: string, except?: string): boolean {
  const lower = word.toLowerCase();
  return KINDS.some((kind) => {
    if (!kind.word || kind.name === except || (kind.needs !== undefined && !kind.needs.some((n) => lower.includes(n))))
      return false;
    for (const match of word.matchAll(kind.pattern)) if (kind.proof === undefined || kind.proof(match[0])) return true;
    return false;
  });
}
