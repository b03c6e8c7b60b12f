import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const PINT = 'github.com/cloudflare/pint/cmd/pint@v0.87.0';

it('pint finds nothing in the generated rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-pint-'));
  try {
    const built = spawnSync('go', ['install', PINT], {
      env: { ...process.env, GOBIN: folder, GOFLAGS: '-modcacherw' },
      encoding: 'utf8',
    });
    if (built.status !== 0) {
      // The engine is absent, not the check: Go is not installed, or its module proxy does not offer the module.
      process.stderr.write(`pint not built: ${(built.error?.message ?? built.stderr).trim().split('\n').at(-1)}\n`);
      expect(built.status === null || /go: /.test(built.stderr)).toBe(true);
      return;
    }
    const args = [
      '--offline',
      '--no-color',
      '--config',
      '.pint.hcl',
      'lint',
      '--min-severity=warning',
      '--fail-on=warning',
      'alerts/generated/rules.yml',
    ];
    execFileSync(join(folder, 'pint'), args, { cwd: root, stdio: 'pipe' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 600_000);
