const ESCAPE = /%[\da-f]{2}|\\u00[\da-f]{2}|\\[nrtbf]/gi;
/** Marks that separate; anything else that is encoded is part of a word. */
const MARKS = ' "\'<>&;,(){}[]=:\n\r\t';

function unescaped(sequence: string): string {
  if (sequence.length === 2) return '  ';
  const mark = String.fromCharCode(Number.parseInt(sequence.slice(-2), 16));
  return MARKS.includes(mark) ? mark.trim().padStart(sequence.length) : sequence;
}

/** A text of the same length to look for secrets in: `%22`, `\\n` and `\\u0022` stand for marks, and would hide where a word starts. */
export const maskOf = (text: string): string =>
  text.includes('%') || text.includes('\\') ? text.replace(ESCAPE, unescaped) : text;
