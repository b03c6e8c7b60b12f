import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
/** dist/ is there, and other tests read it: packing must not build it anew. */
const built = { ...process.env, npm_config_ignore_scripts: 'true' };
interface Packed {
  size: number;
  files: { path: string }[];
}
const [packed] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'], {
    cwd: root,
    encoding: 'utf8',
  }),
) as [Packed];
const paths = packed.files.map((f) => f.path);

describe('the published package', () => {
  it('holds what its exports and bin name', () => {
    const targets = [
      ...Object.values(manifest.exports).flatMap((e) => (typeof e === 'string' ? [e] : Object.values(e))),
      ...Object.values(manifest.bin),
    ].map((t) => t.replace(/^\.\//, ''));
    for (const target of targets) {
      const [before, after] = target.split('*');
      expect(
        paths.some((p) => p.startsWith(before!) && p.endsWith(after ?? '')),
        target,
      ).toBe(true);
    }
  });
  it('holds no tests, examples, fixtures, keys or environment files', () => {
    expect(
      paths.filter((p) => /(^|\/)(test|examples|fixtures|bench|node_modules)\/|\.env|\.pem$|\.key$|\.tgz$/.test(p)),
    ).toEqual([]);
  });
  it('stays under its size budget', () => {
    expect(packed.size).toBeLessThan(2_000_000);
  });
  it('has a preload of Latin-1 letters, which the engine keeps in half the memory', () => {
    for (const half of ['register', 'judging']) {
      const source = readFileSync(join(root, `dist/instrumentation/${half}.bundle.cjs`), 'utf8');
      expect(source.match(/[^\0-\xff]/)?.[0]).toBeUndefined();
    }
  });
  it('runs no script when it is installed', () => {
    expect(Object.keys(manifest.scripts).filter((s) => /^(pre|post)?install$|^prepare$/.test(s))).toEqual([]);
  });
  it('is clean to publint', () => {
    const lint = spawnSync('publint', ['--strict'], { cwd: root, env: built, encoding: 'utf8' });
    expect(lint.stdout).toContain('All good');
    expect(lint.status, lint.stdout).toBe(0);
  });
  it('resolves with types for every module kind that can load it', () => {
    const attw = spawnSync('attw', ['--pack', '.', '--profile', 'esm-only'], {
      cwd: root,
      env: built,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    expect(attw.status, attw.stdout).toBe(0);
  });
});
