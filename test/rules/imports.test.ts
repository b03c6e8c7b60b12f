import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const files = ['src', 'cli', 'instrumentation', 'collector', 'alerts', 'dashboards', 'examples'].flatMap((folder) =>
  globSync(`${folder}/**/*.{ts,cts}`, { cwd: root, exclude: (name) => name.includes('node_modules') }),
);
const importsOf = (file: string): string[] => {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import|require)\s*\(?\s*'([^'\s,]+)'/g)].map((m) => m[1]!);
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

/**
 * Inside a folder: each sub-folder may import those before it in its list, and what stands in the folder itself comes last. `test/rules` is where
 * a new sub-folder gets its place.
 */
const RANKS: Record<string, readonly string[]> = {
  collector: 'base forward otlp evidence metrics overview pages otelcol .'.split(' '),
  instrumentation: 'base span capture judge attributes hooks export sdk attempts output ways .'.split(' '),
  'src/extract': 'base parse read classify .'.split(' '),
};
/** Files of a folder itself that come before its sub-folders. */
const FIRST = ['collector/limits.ts'];
/** Imports that a sub-folder may not have, whatever their rank: capture tells what happened and leaves to others what it means. */
const NEVER: Record<string, RegExp> = {
  'instrumentation/capture': /^src\/(layers|extract|providers)/,
};

const subFolder = (file: string, folder: string): string => {
  const [first = '', ...deeper] = file.slice(folder.length + 1).split('/');
  return deeper.length > 0 ? first : '.';
};
const targetOf = (file: string, specifier: string): string => relative(root, join(root, dirname(file), specifier));
const local = (file: string): string[] =>
  importsOf(file)
    .filter((s) => s.startsWith('.'))
    .map((s) => targetOf(file, s));

it.each(Object.entries(RANKS))('keeps the layers of %s in their order', (folder, order) => {
  const own = files.filter((file) => file.startsWith(`${folder}/`));
  expect(own.map((file) => subFolder(file, folder)).filter((name) => !order.includes(name))).toEqual([]);
  const rank = (file: string) => (FIRST.includes(file) ? -1 : order.indexOf(subFolder(file, folder)));
  const upward = own.flatMap((file) =>
    local(file)
      .filter((target) => target.startsWith(`${folder}/`) && rank(target) > rank(file))
      .map((target) => `${file} imports ${target}`),
  );
  expect(upward).toEqual([]);
});

it('lets no layer know what it must not', () => {
  const broken = files.flatMap((file) =>
    Object.entries(NEVER)
      .filter(([folder]) => file.startsWith(`${folder}/`))
      .flatMap(([, never]) => local(file).filter((target) => never.test(target)))
      .map((target) => `${file} imports ${target}`),
  );
  expect(broken).toEqual([]);
});

it('has no top-level await where --require must load it', () => {
  const broken = files
    .filter((f) => /^(src|instrumentation)\//.test(f))
    .filter((f) => /^(?:const .*= |let .*= )?await /m.test(readFileSync(join(root, f), 'utf8')));
  expect(broken).toEqual([]);
});

it('has no circle of files', () => {
  const state = new Map<string, 'open' | 'done'>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'open') circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (state.has(file) || !files.includes(file)) return;
    state.set(file, 'open');
    for (const target of local(file)) visit(target, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});
