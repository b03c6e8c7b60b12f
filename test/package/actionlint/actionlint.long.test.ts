import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const workflows = join(import.meta.dirname, '../../../.github/workflows');
const hasGo = spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0;
if (!hasGo) process.stderr.write('actionlint: the workflows are not linted, no Go on the PATH to build it\n');

describe.runIf(hasGo)('actionlint', () => {
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-actionlint-'));
  const binary = join(folder, 'actionlint');
  const lint = (text: string) => spawnSync(binary, ['-'], { input: text, encoding: 'utf8' });
  beforeAll(() => {
    const args = ['build', '-mod=readonly', '-o', binary, 'github.com/rhysd/actionlint/cmd/actionlint'];
    const built = spawnSync('go', args, { cwd: import.meta.dirname, encoding: 'utf8' });
    expect(built.status, built.stderr).toBe(0);
  }, 1_200_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['ci.yml', 'release.yml'])('finds nothing in %s', (file) => {
    const { status, stdout } = lint(readFileSync(join(workflows, file), 'utf8'));
    expect([status, stdout]).toEqual([0, '']);
  });

  it('would find an output that no step has', () => {
    const text = readFileSync(join(workflows, 'release.yml'), 'utf8');
    const { status, stdout } = lint(text.replace('steps.version.outputs.version', 'steps.versions.outputs.version'));
    expect(stdout).toContain('"versions" is not defined');
    expect(status).toBe(1);
  });
});
