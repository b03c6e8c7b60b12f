import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../nodes');

export interface NodeLine {
  readonly name: string;
  readonly node: string;
}
/** Every Node line we promise: the oldest, and the newest of each. Installed on first use. */
export function nodeLines(): NodeLine[] {
  install();
  const other = ['node-22-first', 'node-22', 'node-26'].map((name) => join(folder, 'node_modules', name, 'bin/node'));
  return [...other, process.execPath].map((node) => ({
    node,
    name: execFileSync(node, ['-p', 'process.version'], { encoding: 'utf8' }).trim(),
  }));
}

/** Path of an installed undici major. */
export function undiciPath(major: 6 | 7 | 8): string {
  install();
  return join(folder, 'node_modules', `undici${major}`);
}

function install(): void {
  if (existsSync(join(folder, 'node_modules', 'undici8'))) return;
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder, stdio: 'ignore' });
}
