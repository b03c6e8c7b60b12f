import { Memory } from '../memo.ts';

const MAX_RULES = 200;
const lettersOf = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}*]/gu, '');

/**
 * Reads what an operator adds: names (`ticket_no`, `*_ref`) and, behind `=`, patterns of values (`=EMP-*`). A star is any run of characters.
 * No expressions, so that every rule is linear. Throws a sentence for a rule that can never match, or that matches everything.
 */
export function parseOwnRules(text: string): readonly string[] {
  const rules = text
    .split(',')
    .map((rule) => rule.trim())
    .filter(Boolean)
    .map((rule) => (rule.startsWith('=') ? rule : lettersOf(rule)));
  if (rules.some((rule) => rule.length > 128 || !/[\p{L}\p{N}]/u.test(rule)))
    throw new Error('must be names such as ticket_no or *_ref, or values such as =EMP-*, comma-separated');
  if (rules.length > MAX_RULES) throw new Error(`must have at most ${MAX_RULES} rules`);
  return rules;
}

/** Whether the whole text is of the pattern. Greedy from star to star: linear for a bounded pattern. */
function fitsPattern(text: string, pattern: string): boolean {
  const parts = pattern.split('*');
  const first = parts[0]!;
  if (parts.length === 1) return text === pattern;
  const last = parts.at(-1)!;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}

const split = (rules: readonly string[]) => ({
  names: rules.filter((rule) => !rule.startsWith('=')),
  values: rules.filter((rule) => rule.startsWith('=')).map((rule) => rule.slice(1)),
});
const own = Memory.part(() => ({ redact: split([]), keep: split([]) }));

/** Sets the rules of this engine, once, before anything is redacted. */
export function useOwnRules(config: Readonly<Record<'redact' | 'redactQuery' | 'keep', readonly string[]>>): void {
  Object.assign(own(), { redact: split([...config.redact, ...config.redactQuery]), keep: split(config.keep) });
}

/** What the operator says of a name, if anything. Hiding wins. */
export function ownName(name: string): 'redact' | 'keep' | undefined {
  const { redact, keep } = own();
  if (redact.names.length + keep.names.length === 0) return undefined;
  const letters = lettersOf(name).replaceAll('*', '');
  if (redact.names.some((rule) => fitsPattern(letters, rule))) return 'redact';
  return keep.names.some((rule) => fitsPattern(letters, rule)) ? 'keep' : undefined;
}

export const hasOwnValues = (): boolean => own().redact.values.length + own().keep.values.length > 0;
export function ownValue(word: string): 'redact' | 'keep' | undefined {
  const { redact, keep } = own();
  if (redact.values.some((rule) => fitsPattern(word, rule))) return 'redact';
  return keep.values.some((rule) => fitsPattern(word, rule)) ? 'keep' : undefined;
}
