const TOKEN = /"(?:[^"\\]|\\.)*"|[-+.\w]+|[{}[\],:]/g;

/**
 * Whether a JSON text says no more than the value parsed from it: no key twice (of which `JSON.parse` keeps the last one only), no order that was lost.
 * Blanks between tokens and the spelling of numbers do not count: `JSON.parse` rounds long ones, and a copy of the text must not.
 */
export function isSameJson(text: string, value: unknown): boolean {
  const tokens = text.match(TOKEN) ?? [];
  return tokens.map(normal).join('') === JSON.stringify(value);
}

function normal(token: string): string {
  if (token.startsWith('"')) return JSON.stringify(JSON.parse(token));
  const number = /^[-\d]/.test(token) ? Number(token) : Number.NaN;
  return Number.isFinite(number) ? JSON.stringify(number) : token;
}
