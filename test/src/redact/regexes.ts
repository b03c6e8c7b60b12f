import { globSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';

const root = join(import.meta.dirname, '../../..');

/** Every regular expression literal in the given folders of `src/`, found in the syntax tree. */
export function regexLiterals(...patterns: string[]): { file: string; source: string; flags: string }[] {
  const found: { file: string; source: string; flags: string }[] = [];
  for (const file of patterns.flatMap((pattern) => globSync(pattern, { cwd: root }))) {
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const { regex } = node as { regex?: { pattern: string; flags: string } };
      if (regex !== undefined) found.push({ file, source: regex.pattern, flags: regex.flags });
      for (const child of Object.values(node)) visit(child);
    };
    visit(parseAst(stripTypeScriptTypes(readFileSync(join(root, file), 'utf8'))));
  }
  return found;
}
