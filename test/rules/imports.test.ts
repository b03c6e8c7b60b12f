import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const files = ['src', 'cli', 'instrumentation', 'collector', 'alerts', 'dashboards', 'examples', 'deploy'].flatMap(
  (folder) => globSync(`${folder}/**/*.{ts,cts}`, { cwd: root, exclude: (name) => name.includes('node_modules') }),
);
const architecture = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
const importsOf = (file: string): string[] => {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import|require)\s*\(?\s*'([^'\s,$]+)'/g)].map((m) => m[1]!);
};
const targetOf = (file: string, specifier: string): string =>
  specifier.startsWith('.') ? relative(root, join(root, dirname(file), specifier)) : specifier;

/** Folder → what it may import besides itself, as ARCHITECTURE's table says: folders of ours, packages, `node:`. */
const MAY = new Map(
  [...architecture.matchAll(/^\| `([\w/]+\/)` +\|[^|]*\|([^|]*)\|$/gm)].map(([, folder, may]) => [
    folder!,
    [...may!.matchAll(/`([^`]+)`/g)].map(([, allowed]) => allowed!),
  ]),
);
/** The row of the innermost folder. */
const rowOf = (file: string): string | undefined =>
  [...MAY.keys()].filter((folder) => file.startsWith(folder)).sort((x, y) => y.length - x.length)[0];
const isAllowed = (file: string, specifier: string): boolean => {
  const folder = rowOf(file);
  if (folder === undefined) return false;
  const target = targetOf(file, specifier);
  return [folder, ...MAY.get(folder)!].some((allowed) =>
    /[/:]$/.test(allowed) ? target.startsWith(allowed) : `${target}/`.startsWith(`${allowed}/`),
  );
};

it('keeps every folder to what it may import', () => {
  expect(files.length).toBeGreaterThan(10);
  const broken = files.flatMap((file) =>
    importsOf(file)
      .filter((specifier) => !isAllowed(file, specifier))
      .map((specifier) => `${file} imports ${specifier}`),
  );
  expect(broken).toEqual([]);
});

/** Folder → its sub-folders and files in the order of ARCHITECTURE's second list: each may import those before it; what is left comes last. */
const ORDER = [...architecture.matchAll(/^- `([\w/]+)\/`: ([\s\S]*?)(?=\n- |\n\n)/gm)].map(
  ([, folder, names]): [string, string[]] => [folder!, [...names!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!)],
);
/** Imports that a sub-folder may not have, whatever their rank: capture tells what happened and leaves to others what it means. */
const NEVER: Record<string, RegExp> = {
  'instrumentation/capture': /^src\/(layers|extract|providers)/,
};

/** The first of the order that the file stands in. */
const rankOf = (file: string, folder: string, order: readonly string[]): number => {
  const at = order.findIndex((name) => `${file}/`.startsWith(`${folder}/${name}/`));
  return at < 0 ? order.length : at;
};
const local = (file: string): string[] =>
  importsOf(file)
    .filter((s) => s.startsWith('.'))
    .map((s) => targetOf(file, s));

it.each(ORDER)('keeps the layers of %s in their order', (folder, order) => {
  const own = files.filter((file) => file.startsWith(`${folder}/`));
  const unnamed = own.filter((file) => file.split('/').length > folder.split('/').length + 1);
  expect(unnamed.filter((file) => rankOf(file, folder, order) === order.length)).toEqual([]);
  const upward = own.flatMap((file) =>
    local(file)
      .filter((to) => to.startsWith(`${folder}/`) && rankOf(to, folder, order) > rankOf(file, folder, order))
      .map((to) => `${file} imports ${to}`),
  );
  expect(upward).toEqual([]);
});

it('reads both from ARCHITECTURE', () => {
  expect([...MAY.keys()]).toContain('src/contract/');
  expect(ORDER.map(([folder]) => folder)).toEqual(['src', 'src/extract', 'instrumentation', 'collector']);
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
