import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { digestOf, RESULTS, type Result, readResult } from '../../bench/support/result.ts';

const names = existsSync(RESULTS) ? readdirSync(RESULTS).map((file) => basename(file, '.json')) : [];

it.each(names)('the committed result of `npm run full:%s` is of the files that are here', (name) => {
  const { scripts } = JSON.parse(readFileSync(join(RESULTS, '../../package.json'), 'utf8'));
  expect(Object.keys(scripts)).toContain(`full:${name}`);
  const { of, judges, commit, rows }: Result = readResult(name);
  expect(commit).toMatch(/^[0-9a-f]{12}$/);
  expect(rows.length).toBeGreaterThan(0);
  expect(of, `older than what it judges: run \`npm run full:${name}\``).toBe(digestOf(judges));
});

it('would see a result that is older than what it judges', () => {
  expect(digestOf(['test/rules/results.test.ts'])).not.toBe(digestOf(['test/rules/size.test.ts']));
  expect(() => digestOf(['no/such/file.ts'])).toThrow('no file is like no/such/file.ts');
});
