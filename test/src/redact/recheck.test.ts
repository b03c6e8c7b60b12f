import { checkSync } from 'recheck';
import { expect, it } from 'vitest';
import { KINDS } from '../../../src/redact/kinds.ts';
import { regexLiterals } from './regexes.ts';

/** Everything that reads what a provider or a user wrote. */
const FOLDERS = ['src/{extract,redact,providers,layers,template}/**/*.ts'];

it('has no regular expression that takes more than linear time', { timeout: 300_000 }, () => {
  const all = [
    ...regexLiterals(...FOLDERS),
    ...KINDS.map(({ name, pattern }) => ({ file: `kind ${name}`, source: pattern.source, flags: pattern.flags })),
  ];
  const unique = new Map(all.map((regex) => [`/${regex.source}/${regex.flags}`, regex]));
  expect(unique.size).toBeGreaterThan(100);
  const notSafe: string[] = [];
  for (const [text, { file, source, flags }] of unique) {
    const result = checkSync(source, flags, { timeout: 60_000, checker: 'auto' });
    if (result.status !== 'safe') notSafe.push(`${file}: ${result.status} ${text}`);
  }
  expect(notSafe).toEqual([]);
});

it('would find one that does', () => {
  expect(checkSync('(?:a+)+b', '', { timeout: 60_000 }).status).toBe('vulnerable');
});
