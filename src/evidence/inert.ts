/**
 * Text from remote parties made safe to place in one line of a terminal, a log or a page: control characters (ANSI and OSC escapes begin with
 * one), line breaks and bidirectional overrides (CVE-2021-42574) become visible `\u{1b}` notation. Printable text comes back unchanged.
 */
export function inert(text: string, max = 4096): string {
  if (text.length <= max && PRINTABLE.test(text)) return text;
  const cut = text.length > max ? `${text.slice(0, max - 1)}…` : text;
  return wellFormed(cut).replace(UNSAFE, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
}

/** As {@link inert}, but line feeds and tabs stay: for bodies shown in a block of their own. */
export function inertBlock(text: string, max = 16_384): string {
  return text
    .slice(0, max)
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) =>
      line
        .split('\t')
        .map((cell) => inert(cell, max))
        .join('\t'),
    )
    .join('\n');
}

/** Lone surrogates have no UTF-8 form; they become U+FFFD here and not at some later, unseen encoding. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');

/** Nearly every text: one look instead of two replacements. */
const PRINTABLE = /^[ -~]*$/;
// C0, DEL, C1, line and paragraph separators, bidirectional marks, embeddings, overrides and isolates, byte order mark.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
