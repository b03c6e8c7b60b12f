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
const loaderOf = (file, times) => `
import { readFileSync } from 'node:fs';
import { Module } from 'node:module';
import { join } from 'node:path';
const file = join(__dirname, '${file}');
// Deno may load what it may not read, and would ask at a terminal
let text = globalThis.Deno === undefined ? readFileSync(file, 'latin1') : undefined;
let half;
export const shared = {};
function compiled() {
  if (text === undefined) return require('./${file}');
  const made = Object.assign(new Module(file), { filename: file });
  made._compile(text, file);
  text = undefined;
  return made.exports;
}
export function later() {
  if (half === undefined) {
    const all = shared.all();
    half = compiled()((key) => all[key], { ${times} });
  }
  return half;
}`;
/** The second half is a function of what it needs of the first, and has its timers and clock. */
const asFunction = (times) => ({
  banner: { js: `"use strict";module.exports=(shared,{${times}})=>{const module={exports:{}};` },
  footer: { js: 'return module.exports};' },
});

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
 * @param times names that the first half keeps as they are at the start
 * @returns what esbuild says of each
 */
export async function buildHalves(dist, { from, to, later, times, ...options }) {
  const half = (contents, textOf, file, more) => {
    const entry = { stdin: { contents, resolveDir: dist }, outfile: join(dist, file), ...more };
    return build({ ...options, ...entry, plugins: [replaced(textOf, dist)] });
  };
  const inside = ({ metafile }) =>
    new Set(Object.keys(Object.values(metafile.outputs)[0].inputs).map((path) => join(options.absWorkingDir, path)));
  const seams = SEAMS.map((name) => join(dist, `${name}.js`));
  /** What the second half needs of the first, by the text that asks for it. */
  const shared = new Map();
  const firstText = async (path) => {
    if (path === LOADER) return loaderOf(basename(later), times);
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
    return half(entry.join('\n'), firstText, to, { write });
  };
  const early = inside(await firstHalf(false));
  const secondText = async (path) => {
    if (!early.has(path)) return undefined;
    const asked = Object.keys(await import(path)).map((name) => {
      const key = JSON.stringify(`${path.slice(dist.length)} ${name}`);
      shared.set(key, { path, name });
      return `export const ${name} = /* @__PURE__ */ shared(${key});`;
    });
    return asked.join('\n');
  };
  const all = seams.map((path) => `export * from '${path}';`).join('\n');
  const second = await half(all, secondText, later, asFunction(times));
  const text = readFileSync(join(dist, later), 'utf8');
  for (const key of shared.keys()) if (!text.includes(key)) shared.delete(key);
  const first = await firstHalf(true);
  const twice = [...inside(second)].filter((path) => inside(first).has(path) && path.endsWith('.js'));
  if (twice.length > 0) throw new Error(`in both halves: ${twice.join(', ')}`);
  return [first, second];
}
