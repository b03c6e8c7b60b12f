// Writes every generated file that is committed. usage: node scripts/gen.ts
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generate as alerts } from '../alerts/generate.ts';
import { generate as evaluation } from '../bench/alerts/documentation.ts';
import { generate as otelcol } from '../collector/otelcol/config.ts';
import { generate as dashboards } from '../dashboards/build.ts';
import { generate as kubernetes } from '../deploy/kubernetes/build.ts';
import { generate as compose } from '../examples/pipeline/generate.ts';
import { generate as api } from './api-page.ts';
import { generate as assembly } from './gen-assembly.ts';
import { generate as options } from './options-table.ts';

/** Each gives path from the repository root → text. */
const GENERATORS = [alerts, evaluation, dashboards, compose, otelcol, options, kubernetes, assembly, api];

const root = join(import.meta.dirname, '..');

/** The generated files whose committed text is not what their generator writes now. */
export async function outdated(): Promise<Map<string, string>> {
  const different = new Map<string, string>();
  for (const generate of GENERATORS) {
    for (const [path, text] of await generate()) {
      const file = join(root, path);
      if (!existsSync(file) || readFileSync(file, 'utf8') !== text) different.set(path, text);
    }
  }
  return different;
}

if (import.meta.main)
  for (const [path, text] of await outdated()) {
    process.stderr.write(`gen: wrote ${path}\n`);
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
