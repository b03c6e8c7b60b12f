import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../nodes');

/** The Node lines the matrix runs on: name → binary. Installs test/nodes on first use. */
export function nodes(): Record<string, string> {
  if (!existsSync(join(folder, 'node_modules/node-26/bin/node'))) {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  const lines: [string, string][] = ['node-22-first', 'node-22', 'node-26'].map((alias) => {
    const binary = join(folder, 'node_modules', alias, 'bin/node');
    return [execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim(), binary];
  });
  return Object.fromEntries([...lines, [process.version, process.execPath]]);
}
