import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkSync } from 'recheck';
import { expect, it } from 'vitest';
import { BEGINNINGS } from '../../src/redact/vendor.ts';
import { regexLiterals } from './redact/regexes.ts';

const root = join(import.meta.dirname, '../..');
/** Everything that reads what a provider or a user wrote. */
const FOLDERS = ['src/{extract,redact,providers,layers,template}/**/*.ts'];

it('has no regular expression that takes more than linear time', { timeout: 300_000 }, () => {
  const all = regexLiterals(...FOLDERS);
  const unique = new Map(all.map((regex) => [`/${regex.source}/${regex.flags}`, regex]));
  expect(unique.size).toBeGreaterThan(100);
  const notSafe: string[] = [];
  for (const [text, { file, source, flags }] of unique) {
    // The automaton proves; fuzzing would only fail to find an attack.
    const result = checkSync(source, flags, { timeout: 60_000, checker: 'automaton' });
    if (result.status !== 'safe') notSafe.push(`${file}: ${result.status} ${text}`);
  }
  expect(notSafe).toEqual([]);
});

it('builds none from text, which the test above could not see, but for one of fixed words', () => {
  const sources = FOLDERS.flatMap((pattern) => globSync(pattern, { cwd: root }));
  expect(sources.filter((file) => /new RegExp|RegExp\(/.test(readFileSync(join(root, file), 'utf8')))).toEqual([
    'src/redact/vendor.ts',
  ]);
  // words side by side, nothing repeated: as many steps as the longest word has letters
  expect(BEGINNINGS.source).toMatch(/^\(\?<!\[A-Za-z\\d\]\)\(\?:(?:[\w|-]|\\[^\w\s])+\)$/);
});

it('would find one that does', () => {
  expect(checkSync('(?:a+)+b', '', { timeout: 60_000 }).status).toBe('vulnerable');
});
