import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { root } from './run-node.ts';

/** Outside the checkout, so that nothing of it can be resolved by accident. Packages and installations are kept from run to run. */
const FOLDER = join(tmpdir(), `faultlayer-field-${userInfo().uid}`);
const QUIET = ['--no-audit', '--no-fund', '--loglevel=error'];

const hash = (...texts: (string | Buffer)[]): string => {
  const sum = createHash('sha256');
  for (const text of texts) sum.update(text);
  return sum.digest('hex').slice(0, 16);
};

const npm = (cwd: string, ...args: string[]): void => {
  const clean = Object.entries(process.env).filter(([name]) => !/^(OTEL_|FAULTLAYER_|NODE_OPTIONS)/.test(name));
  execFileSync('npm', args, { cwd, env: Object.fromEntries(clean), stdio: ['ignore', 'ignore', 'inherit'] });
};

/** What the package is made of. */
const SOURCES =
  'src cli instrumentation collector dashboards alerts examples deploy scripts package.json package-lock.json tsconfig.build.json';

function contentOf(checkout: string): string {
  const files = SOURCES.split(' ').flatMap((source) => {
    const at = join(checkout, source);
    if (!statSync(at).isDirectory()) return [at];
    const entries = readdirSync(at, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  });
  return hash(...files.toSorted().flatMap((file) => [file, readFileSync(file)]));
}

let tarball: string | undefined;

/** The package as a user gets it: built and packed once per content of the checkout. Returns the tarball's path. */
export function packed(): string {
  if (tarball !== undefined) return tarball;
  const folder = join(FOLDER, `packed-${contentOf(root)}`);
  if (!existsSync(folder)) {
    npm(root, 'run', 'build');
    mkdirSync(FOLDER, { recursive: true });
    const fresh = mkdtempSync(join(FOLDER, 'packing-'));
    npm(root, 'pack', '--ignore-scripts', '--pack-destination', fresh, '--loglevel=error');
    renameSync(fresh, folder);
  }
  tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz'))!);
  return tarball;
}

/** `npm run field:latest`: the newest of everything but what names a line of its own (`npm:got@11`). */
function newest(folder: string): void {
  rmSync(join(folder, 'package-lock.json'), { force: true });
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const entries = Object.entries<string>(manifest.dependencies);
  manifest.dependencies = Object.fromEntries(
    entries.map(([name, at]) => [name, at.startsWith('npm:') ? at : 'latest']),
  );
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  npm(folder, 'update', ...QUIET);
}

/**
 * Installs `test/field/<name>` by its lockfile outside the checkout, and the packed package into it. Returns that folder. What else lies in
 * `test/field/<name>` (the applications) is copied anew each time.
 */
export function fieldApp(name: string): string {
  const source = join(root, 'test/field', name);
  const lock = readFileSync(join(source, 'package-lock.json'));
  const isLatest = process.env['FAULTLAYER_FIELD'] === 'latest';
  const folder = join(FOLDER, `${name}-${hash(root, isLatest ? 'latest' : lock, process.version)}`);
  const installed = join(folder, 'node_modules');
  mkdirSync(folder, { recursive: true });
  const filter = (path: string): boolean => basename(path) !== 'node_modules' && !path.endsWith('.test.ts');
  cpSync(source, folder, { recursive: true, filter });
  const stamp = join(installed, '.faultlayer-packed');
  const wanted = packed();
  if (isLatest) newest(folder);
  else if (!existsSync(stamp)) npm(folder, 'ci', ...QUIET);
  else if (readFileSync(stamp, 'utf8') === wanted) return folder;
  npm(folder, 'install', '--no-save', ...QUIET, wanted);
  writeFileSync(stamp, wanted);
  return folder;
}
