import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { results } from './result.ts';
import { table } from './table.ts';

const root = join(import.meta.dirname, '../..');

/** `docs/alerts.md` with the table of the committed results. */
export function generate(): Map<string, string> {
  const text = readFileSync(join(root, 'docs/alerts.md'), 'utf8');
  const [before, , after] = text.split(/(?<=<!-- evaluation -->\n)|(?=<!-- end of evaluation -->)/);
  return new Map([['docs/alerts.md', `${before}${table(results())}${after}`]]);
}
