import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * A machine whose own Node is old: the first step brings a newer one, found earlier on the PATH from then on. A shell remembers where it found a
 * command, so a second `node` on the same line would still be the old one.
 */
function ranOnAnOldMachine(script: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-scripts-'));
  try {
    const [installed, old] = [join(folder, 'installed'), join(folder, 'old')];
    mkdirSync(installed);
    mkdirSync(old);
    const executable = (path: string, lines: string[]) => {
      writeFileSync(path, ['#!/bin/sh', ...lines, ''].join('\n'));
      chmodSync(path, 0o755);
    };
    const node = join(installed, 'node');
    executable(join(old, 'node'), [
      'echo "old $1"',
      `printf '#!/bin/sh\\necho "new $1"\\n' > ${quoted(node)}`,
      `chmod 755 ${quoted(node)}`,
    ]);
    // npm starts a shell of its own for every script; of ours only those that run node matter here
    executable(join(old, 'npm'), [
      'for name; do :; done',
      'case "$name" in',
      ...Object.entries(scripts)
        .filter(([, text]) => /^node [^&]*$/.test(text))
        .map(([name, text]) => `${name}) exec sh -c ${quoted(text)} ;;`),
      'esac',
    ]);
    for (const tool of ['tsc', 'biome', 'vitest']) executable(join(old, tool), ['exit 0']);
    const out = execFileSync('sh', ['-c', script], {
      env: { PATH: `${installed}:${old}:/usr/bin:/bin` },
      encoding: 'utf8',
    });
    return out.trimEnd().split('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it('npm start: the pipeline runs under the Node that the setup has brought', () => {
  expect(ranOnAnOldMachine(scripts['start']!)).toEqual(['old scripts/setup.mjs', 'new dist/examples/pipeline/main.js']);
});

it('npm test: nothing but the setup runs under the old Node', () => {
  expect(ranOnAnOldMachine(scripts['test']!)).toEqual(['old scripts/setup.mjs']);
});

it('sees the fault that it is there for', () => {
  const script = 'node scripts/setup.mjs && node dist/examples/pipeline/main.js';
  expect(ranOnAnOldMachine(script)).toEqual(['old scripts/setup.mjs', 'old dist/examples/pipeline/main.js']);
});
