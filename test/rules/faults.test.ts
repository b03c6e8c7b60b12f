import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const files = ['instrumentation', 'collector'].flatMap((folder) =>
  globSync(`${folder}/**/*.{ts,cts}`, { cwd: root, exclude: (name) => /assembly|generated|assets/.test(name) }),
);

/** A caught error that nobody looks at: the text from its `catch` to the end of the block. An error with a name is used, or the linter says so. */
const DROPPED = /catch(?: \(_\w*\))? \{([^}]*)\}|\.catch\(\((?:_\w*)?\) =>([^\n]*)/g;
const silent = (text: string): number[] =>
  [...text.matchAll(DROPPED)]
    .filter(([whole]) => !/\/\/|\bthrow\b/.test(whole))
    .map(({ index }) => text.slice(0, index).split('\n').length);

it('drops no error of its own: it is counted as a fault, thrown on, or a comment says why not', () => {
  expect(files.length).toBeGreaterThan(100);
  const found = files.flatMap((file) =>
    silent(readFileSync(join(root, file), 'utf8')).map((line) => `${file}:${line}`),
  );
  expect(found).toEqual([]);
});

it('would find one that does', () => {
  expect(silent('try {\n  a();\n} catch {\n  return undefined;\n}')).toEqual([3]);
  expect(silent('a().catch(() => {});')).toEqual([1]);
  expect(silent('try {\n  a();\n} catch {\n  // no such file\n}')).toEqual([]);
});
