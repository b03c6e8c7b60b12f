import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root, runNode } from '../support/run-node.ts';

it('the collector’s image holds what its commands read', async () => {
  const [, stage] = /^FROM \S+ AS collector\n([\s\S]*?)^FROM/m.exec(
    readFileSync(join(root, 'deploy/Dockerfile'), 'utf8'),
  )!;
  const copied = [...stage!.matchAll(/^COPY --from=production \/app\/(\S+) (\S+)$/gm)];
  expect(copied.length).toBeGreaterThan(2);
  const app = mkdtempSync(join(tmpdir(), 'faultlayer-image-'));
  try {
    for (const [, from, to] of copied)
      if (from === 'node_modules') symlinkSync(join(root, from), join(app, from));
      else cpSync(join(root, from!), join(app, to!.endsWith('/') ? join(to!, from!) : to!), { recursive: true });
    const out = join(app, 'out');
    for (const command of ['dashboards', 'rules']) {
      const { code, stderr } = await runNode(['dist/cli/main.js', command, '--out', join(out, command)], { cwd: app });
      expect([command, code], stderr).toEqual([command, 0]);
      expect(readdirSync(join(out, command)).length).toBeGreaterThan(0);
    }
  } finally {
    rmSync(app, { recursive: true, force: true });
  }
});
