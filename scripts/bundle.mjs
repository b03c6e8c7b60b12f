// Bundles what must not cost an installation of its own:
// - the preload, because loading hundreds of modules is most of what a preload costs (bench/startup.ts);
// - packages that only one subcommand needs.
// Writes dist/THIRD-PARTY-NOTICES.txt: name, version and licence text of every package inside a bundle.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildHalves } from './halves.mjs';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
// As they are when the preload starts: tests replace timers and the clock, count what is pending, and run it in no time.
const TIMES = 'setTimeout,clearTimeout,setInterval,clearInterval,setImmediate,clearImmediate,queueMicrotask,Date';
const BANNER = `const __bundleUrl=require('node:url').pathToFileURL(__filename).href,{${TIMES}}=globalThis;`;
const PRELOAD = {
  format: 'cjs',
  target: 'node22.15',
  banner: { js: BANNER },
  define: { 'import.meta.url': '__bundleUrl' },
  external: ['./register.bundle.cjs', './judging.bundle.cjs', './metrics-port.js'],
};
const REGISTER = 'instrumentation/register.cjs';
const PORT = 'instrumentation/metrics-port.js';

/** `from` and `to` are relative to dist/. */
const BUNDLES = [
  // Parsed by any Node, however old. In itself: a second file would cost a read, and the look at our manifest.
  { ...PRELOAD, from: REGISTER, to: REGISTER, target: 'es2015', banner: {} },
  {
    ...PRELOAD,
    from: 'instrumentation/index.js',
    to: 'instrumentation/register.bundle.cjs',
    later: 'instrumentation/judging.bundle.cjs',
    times: TIMES,
  },
  // Loaded when it is asked for: in one file with the rest it was a tenth of what the preload costs.
  { ...PRELOAD, from: PORT, to: PORT, format: 'esm', banner: { js: `const {${TIMES}}=globalThis;` } },
  { ...PRELOAD, from: 'instrumentation/export/exit-thread.js', to: 'instrumentation/exit-thread.bundle.cjs' },
  {
    from: 'cli/bundled.js',
    to: 'cli/bundled.js',
    format: 'esm',
    target: 'node22.15',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  },
];

const ALL = {
  bundle: true,
  platform: 'node',
  // Names and lines stay: a stack from production must read without a source map.
  minifySyntax: true,
  legalComments: 'none',
  mainFields: ['module', 'main'],
  conditions: ['node', 'import'],
  logLevel: 'warning',
  metafile: true,
  absWorkingDir: root,
};
const bundled = new Set();
for (const { from, to, ...options } of BUNDLES) {
  const whole = { entryPoints: [join(dist, from)], outfile: join(dist, to), allowOverwrite: from === to };
  const built = options.later
    ? await buildHalves(dist, { ...ALL, ...options, from, to })
    : [await build({ ...ALL, ...options, ...whole })];
  for (const { metafile } of built) {
    const file = join(root, Object.keys(metafile.outputs)[0]);
    // One letter that is not of Latin-1 makes the engine keep the whole source as text of two bytes: half a megabyte that each collection of the
    // application meets (a long upload runs dozens of them).
    const escaped = (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/[^\0-\xff]/g, escaped));
    for (const input of Object.keys(metafile.inputs)) {
      const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? [];
      if (folder !== undefined) bundled.add(folder);
    }
  }
}

// The programmatic door is the preload's own engine: one copy, however it is loaded.
writeFileSync(join(dist, 'instrumentation/index.js'), "export { getEngine, start } from './register.bundle.cjs';\n");

function noticeOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const file = readdirSync(join(root, folder)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text = file === undefined ? '' : `\n${readFileSync(join(root, folder, file), 'utf8').trim()}\n`;
  return `${name} ${version} (${license})\n${text}`;
}

writeFileSync(
  join(dist, 'THIRD-PARTY-NOTICES.txt'),
  `Packages inside the bundles of this package, with their licences.\n\n${[...bundled]
    .sort()
    .map(noticeOf)
    .join(`\n${'-'.repeat(80)}\n\n`)}`,
);
