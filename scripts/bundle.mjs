// Bundles the preload into one file: loading hundreds of modules is most of what a preload costs (bench/startup.ts).
// What only some applications need stays in files of its own, loaded on first use by instrumentation/sdk/load.ts.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const folder = join(import.meta.dirname, '../dist/instrumentation');

/** `file` is relative to dist/instrumentation; the bundle lies beside the file that loads it. */
const BUNDLES = [
  // in itself: what waits for the first call would else cost a second file, and the reading of our manifest. Parsed by any Node, however old.
  { from: 'register.cjs', to: 'register.cjs', target: 'es2015', external: ['./register.bundle.cjs'], banner: '' },
  { from: 'register.js', to: 'register.bundle.cjs' },
  { from: 'sdk/sdk.js', to: 'sdk.bundle.cjs' },
  {
    from: 'sdk/stock.js',
    to: 'stock.bundle.cjs',
    external: ['@opentelemetry/*', 'import-in-the-middle', 'require-in-the-middle'],
  },
  { from: 'sdk/config-file.js', to: 'config-file.bundle.cjs', external: ['@opentelemetry/*'] },
];

const BANNER = "const __bundleUrl=require('node:url').pathToFileURL(__filename).href;";

for (const { from, to, external = [], target = 'node22.15', banner = BANNER } of BUNDLES) {
  await build({
    entryPoints: [join(folder, from)],
    outfile: join(folder, to),
    bundle: true,
    platform: 'node',
    target,
    allowOverwrite: from === to,
    format: 'cjs',
    minify: true,
    legalComments: 'none',
    external,
    mainFields: ['module', 'main'],
    conditions: ['node', 'import'],
    define: { 'import.meta.url': '__bundleUrl' },
    banner: { js: banner },
    logLevel: 'warning',
  });
  if (process.argv.includes('--sizes')) console.log(to, statSync(join(folder, to)).size);
}
