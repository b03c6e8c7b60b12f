import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isGranted } from '../base/runtime.ts';
import type { Hooks } from './types.ts';

const NAMES = ['js', 'cjs', 'mjs', 'ts', 'json'].map((ending) => `faultlayer.config.${ending}`);

/** The folder of the nearest package.json above the application's file. */
function applicationFolder(): string | undefined {
  const start = process.argv[1] === undefined ? process.cwd() : dirname(resolve(process.argv[1]));
  for (let at = start; ; at = dirname(at)) {
    if (!isGranted({ name: 'read', path: at })) return undefined;
    if (existsSync(join(at, 'package.json'))) return at;
    if (dirname(at) === at) return undefined;
  }
}

/** The configuration file: the one `FAULTLAYER_CONFIG` names, else one beside the application's package.json. */
export function hooksFile(named: string | undefined): string | undefined {
  if (named !== undefined) return isAbsolute(named) ? named : resolve(named);
  const folder = applicationFolder();
  if (folder === undefined || folder.includes('node_modules')) return undefined;
  return NAMES.map((name) => join(folder, name)).find((file) => existsSync(file));
}

/** Reads the hooks of a configuration file. Throws one sentence where it cannot be used. */
export function loadHooks(file: string): Hooks {
  let loaded: unknown;
  try {
    loaded = createRequire(file)(file);
  } catch (error) {
    throw new Error(`${file} cannot be used: ${(error as Error).message.split('\n')[0]}`);
  }
  const hooks = (loaded as { default?: unknown }).default ?? loaded;
  if (typeof hooks !== 'object' || hooks === null) throw new Error(`${file} does not export an object`);
  return hooks;
}
