/**
 * Whether a JSON text says no more than the value parsed from it: no key twice (of which `JSON.parse` keeps the last one only), no order that was lost.
 * Blanks between tokens and the spelling of numbers do not count: `JSON.parse` rounds long ones, and a copy of the text must not.
 */
export function isSameJson(text: string, value: unknown): boolean {
  let normal = '';
  for (let at = 0; at < text.length; ) {
    const end = endOfToken(text, at);
    const token = text.slice(at, end);
    const c = token[0]!;
    if (c === '"') normal += JSON.stringify(JSON.parse(token));
    else if (c === '-' || (c >= '0' && c <= '9')) normal += JSON.stringify(Number(token));
    else if (c > ' ') normal += token;
    at = end;
  }
  return normal === JSON.stringify(value);
}

/** Of a string, or of a number or word; any other character is a token. */
function endOfToken(text: string, from: number): number {
  let at = from + 1;
  if (text[from] === '"') {
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    return at + 1;
  }
  if (!/[-\w]/.test(text[from]!)) return at;
  while (at < text.length && /[-+.\w]/.test(text[at]!)) at++;
  return at;
}
