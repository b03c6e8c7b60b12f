import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const files = ['src', 'cli', 'instrumentation', 'collector', 'alerts', 'dashboards', 'examples'].flatMap((folder) =>
  globSync(`${folder}/**/*.ts`, { cwd: root, exclude: (name) => name.includes('node_modules') }),
);
const importsOf = (file: string): string[] => {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((m) => m[1]!);
};
const folderOf = (file: string, specifier: string): string =>
  specifier.startsWith('.') ? relative(root, join(root, dirname(file), specifier)).split('/')[0]! : specifier;

/** What each folder may reach. `src/` is pure: no I/O, no SDK, no packages at all. */
const MAY: Record<string, (target: string) => boolean> = {
  src: (t) => t === 'src',
  instrumentation: (t) =>
    !['collector', 'cli', 'alerts', 'dashboards', 'examples', 'prom-client', 'pino', 'zod'].includes(t),
  collector: (t) => !['instrumentation', 'cli', 'alerts', 'dashboards', 'examples'].includes(t),
  alerts: (t) => !['instrumentation', 'collector', 'cli', 'examples'].includes(t),
  dashboards: (t) => !['instrumentation', 'collector', 'cli', 'examples'].includes(t),
  cli: (t) => !['examples', 'vitest'].includes(t),
  examples: (t) => t !== 'vitest',
};

it('keeps every folder to what it may import', () => {
  expect(files.length).toBeGreaterThan(10);
  const broken = files.flatMap((file) => {
    const may = MAY[file.split('/')[0]!]!;
    return importsOf(file)
      .filter((s) => !may(folderOf(file, s)))
      .map((s) => `${file} imports ${s}`);
  });
  expect(broken).toEqual([]);
});

it('has no top-level await where --require must load it', () => {
  const broken = files
    .filter((f) => /^(src|instrumentation)\//.test(f))
    .filter((f) => /^(?:const .*= |let .*= )?await /m.test(readFileSync(join(root, f), 'utf8')));
  expect(broken).toEqual([]);
});
