import { existsSync, globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { LONGEST } from '../support/longest-first.ts';

const root = join(import.meta.dirname, '../..');
const tests = globSync('test/**/*.test.ts', { cwd: root, exclude: ['**/node_modules'] });

/** Folders that stand for a promise, or for a suite about the whole product, and not for a source folder. */
const SUITES: Readonly<Record<string, string>> = {
  'never-throws': 'promise to the application: its calls get what they would get without us, whatever comes back',
  'exits-in-time': 'promise to the application: its process ends as it would without us, and what is known arrives',
  coexist: 'promise to the application: other instrumentations keep what they had',
  privacy: 'promise to the application: no secret leaves the process',
  contributing: 'every row of CONTRIBUTING does what it says',
  e2e: 'from a call to the page that is sent',
  field: 'the packed package beside real software',
  fuzz: 'two readers of the same bytes agree',
  package: 'what npm publishes and installs',
  rules: 'the tree itself',
  sdks: 'real client libraries',
};

/** `test/src/redact/url.attacks.long.test.ts` → `src/redact/url`: what stands behind the first dot names an aspect. */
const subjectOf = (test: string): string =>
  join(dirname(test).slice('test/'.length), basename(test).replace(/\..*/, ''));
const isSource = (path: string): boolean =>
  ['', '.ts', '.cts', '.mjs'].some((extension) => existsSync(join(root, path + extension)));
const hasPlace = (test: string): boolean => {
  const [, top = ''] = test.split('/');
  return Object.hasOwn(SUITES, top) || isSource(subjectOf(test));
};

it('names every test after the file or folder it tests, or puts it into a suite', () => {
  expect(tests.length).toBeGreaterThan(100);
  expect(tests.filter((test) => !hasPlace(test))).toEqual([]);
});

it('would find one that stands for nothing', () => {
  expect(hasPlace('test/src/redact/url.attacks.test.ts')).toBe(true);
  expect(hasPlace('test/src/redact/no-such-file.test.ts')).toBe(false);
});

it('keeps no suite without a test', () => {
  expect(Object.keys(SUITES).filter((suite) => !tests.some((test) => test.startsWith(`test/${suite}/`)))).toEqual([]);
});

it('starts first only files that are there', () => {
  expect(LONGEST.filter((test) => !tests.includes(test))).toEqual([]);
});
