import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { statedLimits } from '../support/limits.ts';

const root = join(import.meta.dirname, '../..');

it.each(['limits.md', 'attempts.md'] as const)(
  'each limit that docs/%s states is pinned by a test or a row of the matrix',
  (document) => {
    const tests = globSync('test/{instrumentation,field}/**/*.ts', { cwd: root, exclude: ['**/node_modules'] }).map(
      (file) => readFileSync(join(root, file), 'utf8'),
    );
    const pinned = new Set(
      tests.flatMap((text) => [...text.matchAll(/(?:limit\(\s*|name: )'([^'\n]+)'/g)].map(([, name]) => name)),
    );
    const stated = statedLimits(document);
    expect(stated.length).toBeGreaterThan(3);
    expect(stated.filter((name) => !pinned.has(name))).toEqual([]);
  },
);
