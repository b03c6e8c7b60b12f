import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const rules = readFileSync(join(root, 'alerts/generated/rules.yml'), 'utf8');
const hasGo = spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0;
// What fails where Go is there fails the suite: the sums are committed, so that no checksum database is asked.
if (!hasGo) process.stderr.write('pint: the rules are not linted, no Go on the PATH to build it\n');

describe.runIf(hasGo)('pint', () => {
  const folder = mkdtempSync(join(tmpdir(), 'faultlayer-pint-'));
  const binary = join(folder, 'pint');
  const lint = (text: string) => {
    const file = join(folder, 'rules.yml');
    writeFileSync(file, text);
    const flags = ['--offline', '--no-color', '--config', '.pint.hcl'];
    const args = [...flags, 'lint', '--min-severity=info', '--fail-on=info', file];
    const { status, stderr } = spawnSync(binary, args, { cwd: root, encoding: 'utf8' });
    return { status, said: stderr };
  };
  beforeAll(() => {
    const args = ['build', '-mod=readonly', '-o', binary, 'github.com/cloudflare/pint/cmd/pint'];
    const built = spawnSync('go', args, { cwd: join(import.meta.dirname, 'pint'), encoding: 'utf8' });
    expect(built.status, built.stderr).toBe(0);
  }, 1_200_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('finds nothing in the generated rules', () => {
    const { status, said } = lint(rules);
    const count = rules.match(/^ +- (alert|record): /gm)!.length;
    expect(said).toContain(`entries=${count}`);
    expect(status, said).toBe(0);
  });

  /** The rules with one thing changed after the name of an alert. */
  const broken = (alert: string, from: string | RegExp, to: string): string => {
    const at = rules.indexOf(`alert: ${alert}\n`);
    return rules.slice(0, at) + rules.slice(at).replace(from, to);
  };
  it.each([
    [
      'a label that the expression does not have',
      broken('ApiProviderDown', /annotations:\n( +)/, 'annotations:\n$1extra: "{{ $labels.instance }}"\n$1'),
      'alerts/template',
    ],
    ['a comparison left out', broken('ApiCertificateExpiresNow', ' < 3', ''), 'alerts/comparison'],
    [
      'a sum by a label that is gone',
      broken('ApiProviderDown', 'count by (service_name, api_provider_name)', 'count by (service_name)'),
      'promql/impossible',
    ],
  ])('would find %s', (_, text, check) => {
    const { status, said } = lint(text);
    expect(said).toContain(check);
    expect(status).not.toBe(0);
  });
});
