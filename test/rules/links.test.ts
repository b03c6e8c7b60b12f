import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const pages = ['*.md', 'docs/**/*.md', 'alerts/runbooks/*.md'].flatMap((pattern) => globSync(pattern, { cwd: root }));

it('has no relative link to a file that is not there', () => {
  expect(pages.length).toBeGreaterThan(10);
  const broken = pages.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8').replace(/```[\s\S]*?```/g, '');
    return [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map((m) => m[1]!)
      .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(page), target)))
      .map((target) => `${page} → ${target}`);
  });
  expect(broken).toEqual([]);
});

it('keeps the README to what is read in one go', () => {
  expect(readFileSync(join(root, 'README.md'), 'utf8').split('\n').length).toBeLessThanOrEqual(180);
});

it('names no file of ours that is not there', () => {
  const tops = readdirSync(root).join('|').replaceAll('.', '\\.');
  const ours = new RegExp(`^(${tops})/[^<*{:]+$`);
  const named = pages
    .filter((page) => page !== 'CHANGELOG.md')
    .flatMap((page) =>
      [...readFileSync(join(root, page), 'utf8').matchAll(/`([^`\s]+)`/g)].map(([, path]) => ({ page, path: path! })),
    )
    .filter(({ path }) => ours.test(path) && !path.startsWith('dist/'));
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(({ path }) => !existsSync(join(root, path)))).toEqual([]);
});
