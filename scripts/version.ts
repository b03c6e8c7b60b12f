/** Carries the version of package.json to the files that repeat it. Run by `npm run version`, after changesets has chosen it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const replace = (file: string, pattern: RegExp, text: string): void => {
  const path = join(root, file);
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll(pattern, text));
};

replace('src/version.ts', /VERSION = '[^']+'/g, `VERSION = '${version}'`);
replace('docker-compose.yml', /(image: faultlayer\/\w+:)\S+/g, `$1${version}`);
