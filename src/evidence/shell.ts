import { wellFormed } from './inert.ts';

/** A part of a shell word: literal text, or a variable the user fills in. */
export type Part = string | { readonly variable: string };

/**
 * One word for sh, bash and zsh. Inside single quotes nothing is special in any of them (also not `!` of history expansion), so a literal is
 * single-quoted, `'` itself becomes `'\''`; variables stand in double quotes between the literals (POSIX XCU 2.2).
 * Only NUL cannot be in a word; it is dropped.
 */
export function word(parts: readonly Part[]): string {
  const pieces = merge(parts).map((part) =>
    typeof part === 'string' ? quote(part) : `"$${variableName(part.variable)}"`,
  );
  return pieces.length === 0 ? "''" : pieces.join('');
}

/** Joins neighbouring literals and drops empty ones. */
export function merge(parts: readonly Part[]): Part[] {
  const merged: Part[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (part === '') continue;
    if (typeof part === 'string' && typeof last === 'string') merged[merged.length - 1] = last + part;
    else merged.push(part);
  }
  return merged;
}

export const quote = (text: string): string => `'${text.replaceAll('\0', '').replaceAll("'", "'\\''")}'`;

/** A valid, upper-case shell variable name made from any text. */
export function variableName(text: string): string {
  const name = text
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
    .slice(0, 40);
  return name === '' || /^[0-9]/.test(name) || SHELL_OWN.has(name) ? `API_${name || 'VALUE'}` : name;
}

// Names the shell or curl itself reads; a placeholder must not be filled from or overwrite them.
const SHELL_OWN = new Set(
  'PATH HOME IFS USER PWD OLDPWD SHELL ENV PS1 PS2 PS4 UID EUID PPID TERM LANG MAIL RANDOM SECONDS LINENO OPTARG OPTIND KEY CODE STATE'.split(
    ' ',
  ),
);

/**
 * A command that prints exactly these bytes, for text a terminal would not take as it is (carriage returns, NUL, escapes): `printf %b` with
 * octal escapes is the same builtin in sh, bash and zsh.
 */
export const printer = (text: string): string =>
  `printf '%b' ${quote(
    wellFormed(text)
      .replaceAll('\\', '\\\\')
      .replace(/[\u0000-\u001f\u007f-\u009f]/g, (c) =>
        [...new TextEncoder().encode(c)].map((byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join(''),
      ),
  )}`;

/** Whether a paste into a terminal would change the text: control characters other than line feed (a tab asks for completion). */
export const needsPrinter = (text: string): boolean => /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(text);
