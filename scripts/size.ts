/**
 * How much there is to maintain and to install: source lines, and what `npm install` of the tarball brings into an empty folder.
 *
 *   npm run size             source lines by top-level folder, files over 250 lines; fails above the budget
 *   npm run size -- --install   also packs, installs and counts packages and MB (needs a registry)
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
export const BUDGET = { lines: 36_000, packages: 15, megabytes: 15 };

/** Source files: not tests, benches, examples or generated ones. */
export function sourceFiles(): { readonly file: string; readonly lines: number }[] {
  return execFileSync('git', ['ls-files', '*.ts', '*.cts', '*.mjs'], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n')
    .filter((file) => !/^(test|bench|examples)\/|(^|\/)generated\//.test(file))
    .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 }));
}

/** What an installation of the tarball into an empty folder holds. */
export function installed(): { readonly packages: number; readonly megabytes: number; readonly names: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-size-'));
  try {
    const npm = (cwd: string, ...args: string[]): string =>
      execFileSync('npm', [...args, '--loglevel=error'], { cwd, encoding: 'utf8' });
    const tarball = npm(root, 'pack', '--ignore-scripts', '--pack-destination', folder).trim().split('\n').at(-1)!;
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    npm(folder, 'install', '--no-audit', '--no-fund', `./${tarball}`);
    const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optional?: boolean }>;
    };
    const names = Object.keys(packages)
      .filter((at) => at.startsWith('node_modules/'))
      .map((at) => at.slice('node_modules/'.length));
    const kib = Number(execFileSync('du', ['-sk', join(folder, 'node_modules')], { encoding: 'utf8' }).split('\t')[0]);
    return { packages: names.length, megabytes: kib / 1024, names };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const files = sourceFiles();
  const total = files.reduce((sum, { lines }) => sum + lines, 0);
  const folders = new Map<string, number>();
  for (const { file, lines } of files) {
    const [top = ''] = file.split('/');
    folders.set(top, (folders.get(top) ?? 0) + lines);
  }
  for (const [folder, lines] of [...folders].sort((a, b) => b[1] - a[1]))
    console.log(`${String(lines).padStart(7)} ${folder}`);
  const sorted = files.map(({ lines }) => lines).sort((a, b) => a - b);
  console.log(`${String(total).padStart(7)} source lines in ${files.length} files, at most ${BUDGET.lines}`);
  console.log(`${String(sorted[sorted.length >> 1]).padStart(7)} lines in the median file`);
  for (const { file, lines } of files) if (lines > 250) console.log(`${String(lines).padStart(7)} ${file}`);
  let over = total > BUDGET.lines;
  if (process.argv.includes('--install')) {
    const { packages, megabytes, names } = installed();
    console.log(`${String(packages).padStart(7)} packages installed, ${megabytes.toFixed(1)} MB: ${names.join(' ')}`);
    over ||= packages > BUDGET.packages || megabytes > BUDGET.megabytes;
  }
  process.exitCode = over ? 1 : 0;
}
