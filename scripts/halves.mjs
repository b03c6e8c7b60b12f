// The preload in two halves: what a start needs, and what is needed once a call has ended. To compile all of it was a third of what a start cost.
// The second is read at the start, lest it be another version's by then, and compiled during the first call.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** Where the first half calls the second. */
const SEAMS = (
  'instrumentation/attributes/common instrumentation/attributes/index instrumentation/judge/outcome instrumentation/judge/reader ' +
  'src/providers/index src/providers/name src/redact/index src/redact/own-rules src/template/index'
).split(' ');
const LOADER = 'later';
const loaderOf = (file) => `
import { readFileSync } from 'node:fs';
import { Module } from 'node:module';
import { join } from 'node:path';
const file = join(__dirname, '${file}');
let text = readFileSync(file, 'latin1');
let half;
export const shared = {};
export function later() {
  if (half === undefined) {
    const all = shared.all();
    const made = Object.assign(new Module(file), { filename: file, shared: (key) => all[key] });
    made._compile(text, file);
    [half, text] = [made.exports, undefined];
  }
  return half;
}`;

/** Modules that are replaced: `textOf` returns the text of the one at a path, undefined where it stays. */
const replaced = (textOf, resolveDir) => ({
  name: 'replaced',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: new RegExp(`^(?:\\.|${LOADER}$)`) }, async ({ path, pluginData, ...from }) => {
      if (pluginData === replaced) return undefined;
      const found = path === LOADER ? { path } : await resolve(path, { ...from, pluginData: replaced });
      return (await textOf(found.path)) === undefined ? found : { path: found.path, namespace: LOADER };
    });
    onLoad({ filter: /./, namespace: LOADER }, async ({ path }) => ({ contents: await textOf(path), resolveDir }));
  },
});

/**
 * Builds both.
 * @param from entry of the first half; it and `to`, and `later`, the second, are paths in `dist`
 * @returns what esbuild says of each
 */
export async function buildHalves(dist, { from, to, later, ...options }) {
  const half = (contents, textOf, file, write = true) => {
    const entry = { stdin: { contents, resolveDir: dist }, outfile: join(dist, file), write };
    return build({ ...options, ...entry, plugins: [replaced(textOf, dist)] });
  };
  const inside = ({ metafile }) =>
    new Set(Object.keys(Object.values(metafile.outputs)[0].inputs).map((path) => join(options.absWorkingDir, path)));
  const seams = SEAMS.map((name) => join(dist, `${name}.js`));
  /** What the second half needs of the first, by the text that asks for it. */
  const shared = new Map();
  const firstText = async (path) => {
    if (path === LOADER) return loaderOf(basename(later));
    if (!seams.includes(path)) return undefined;
    const functions = Object.entries(await import(path)).filter(([, value]) => typeof value === 'function');
    const calls = functions.map(([name]) => `export const ${name} = (...asked) => later().${name}(...asked);`);
    return [`import { later } from '${LOADER}';`, ...calls].join('\n');
  };
  const firstHalf = (write) => {
    const names = [...shared].map(([key, { path, name }], i) => [
      `import { ${name} as $${i} } from '${path}';`,
      `${key}: $${i}`,
    ]);
    const entry = [`export * from './${from}';`, `import { shared } from '${LOADER}';`, ...names.map(([line]) => line)];
    entry.push(`shared.all = () => ({ ${names.map(([, member]) => member).join(', ')} });`);
    return half(entry.join('\n'), firstText, to, write);
  };
  const early = inside(await firstHalf(false));
  const secondText = async (path) => {
    if (!early.has(path)) return undefined;
    const asked = Object.keys(await import(path)).map((name) => {
      const key = JSON.stringify(`${path.slice(dist.length)} ${name}`);
      shared.set(key, { path, name });
      return `export const ${name} = /* @__PURE__ */ module.shared(${key});`;
    });
    return asked.join('\n');
  };
  const second = await half(seams.map((path) => `export * from '${path}';`).join('\n'), secondText, later);
  const text = readFileSync(join(dist, later), 'utf8');
  for (const key of shared.keys()) if (!text.includes(key)) shared.delete(key);
  const first = await firstHalf(true);
  const twice = [...inside(second)].filter((path) => inside(first).has(path) && path.endsWith('.js'));
  if (twice.length > 0) throw new Error(`in both halves: ${twice.join(', ')}`);
  return [first, second];
}
