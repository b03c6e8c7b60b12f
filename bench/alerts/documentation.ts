import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readResult } from '../support/result.ts';
import type { Result } from './result.ts';
import { table } from './table.ts';

const root = join(import.meta.dirname, '../..');

/** `docs/alerts.md` with the table of the committed results. */
export function generate(): Map<string, string> {
  const text = readFileSync(join(root, 'docs/alerts.md'), 'utf8');
  const [before, , after] = text.split(/(?<=<!-- evaluation -->\n)|(?=<!-- end of evaluation -->)/);
  const { commit, rows } = readResult<Result>('alerts');
  return new Map([['docs/alerts.md', `${before}${table(rows, commit)}${after}`]]);
}
