import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
/** The committed results of `npm run full:<name>`. */
export const RESULTS = join(root, 'bench/results');

/** What a full run found. `test/rules/results.test.ts` fails when the files that it judges have changed since. */
export interface Result<Row = unknown> {
  readonly commit: string;
  /** Where the run draws at random. */
  readonly seed?: number;
  /** Patterns of the files that the result is a judgement of. */
  readonly judges: readonly string[];
  /** A digest of those files. */
  readonly of: string;
  readonly rows: readonly Row[];
}

/** A digest of all files that match, by name and content. */
export function digestOf(patterns: readonly string[]): string {
  const sum = createHash('sha256');
  const files = globSync([...patterns], { cwd: root, exclude: ['**/node_modules/**'] }).toSorted();
  if (files.length === 0) throw new Error(`no file is like ${patterns.join(' or ')}`);
  for (const file of files) sum.update(file).update(readFileSync(join(root, file)));
  return sum.digest('hex').slice(0, 16);
}

export const commit = (): string =>
  execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();

/** Writes the result of `npm run full:<name>`, one row a line. */
export function writeResult<Row>(name: string, judges: readonly string[], rows: readonly Row[], seed?: number): void {
  const head = { commit: commit(), ...(seed !== undefined && { seed }), judges, of: digestOf(judges) };
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n');
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(
    join(RESULTS, `${name}.json`),
    `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "rows": [\n${lines}\n  ]\n}\n`,
  );
}

export const readResult = <Row>(name: string): Result<Row> =>
  JSON.parse(readFileSync(join(RESULTS, `${name}.json`), 'utf8')) as Result<Row>;
