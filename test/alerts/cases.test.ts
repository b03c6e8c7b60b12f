import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CASES } from '../../alerts/cases/index.ts';
import { neededBy } from '../../alerts/cases/needed.ts';
import { rulesFor } from '../../alerts/groups.ts';
import { rulesYaml } from '../../alerts/yaml.ts';

const folder = join(import.meta.dirname, '../../alerts/generated/tests');
const groups = rulesFor();
const alerts = groups.flatMap((g) => g.rules.flatMap((r) => ('alert' in r ? [r] : [])));

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'faultlayer-cases-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The generated file, beside rules that hold its alert and what that reads; one that is about no alert gets them all. */
function beside(file: string): string {
  const alert = file.replace('.yml', '');
  const tests = join(scratch, alert, 'tests');
  mkdirSync(tests, { recursive: true });
  copyFileSync(join(folder, file), join(tests, file));
  const about = alerts.some((a) => a.alert === alert) ? neededBy(groups, alert) : groups;
  writeFileSync(join(scratch, alert, 'rules.yml'), rulesYaml(about));
  return tests;
}

describe('promtool test rules', () => {
  it.each(readdirSync(folder))(
    '%s',
    async (file) => {
      const { stdout } = await promisify(execFile)('promtool', ['test', 'rules', file], { cwd: beside(file) });
      expect(stdout).toContain('SUCCESS');
    },
    180_000,
  );

  it('gives an alert the rules that it reads, and those that they read', () => {
    const names = neededBy(groups, 'ApiLatencyHigh').flatMap((g) => g.rules.map((r) => 'record' in r && r.record));
    expect(names).toEqual(expect.arrayContaining(['service_provider:api_client_duration_seconds:p95_10m']));
    expect(names.length).toBeLessThan(groups[0]!.rules.length);
  });

  it('has cases in which each alert fires, resolves and does not fire', () => {
    for (const { alert } of alerts.filter((a) => a.alert !== 'FaultlayerWatchdog')) {
      const cases = CASES[alert]!;
      const fires = cases.some((c) => {
        const first = c.expect.findIndex((e) => e.firing.length > 0);
        return first >= 0 && c.expect.slice(first).some((e) => e.firing.length === 0);
      });
      expect(fires, `${alert} fires and resolves`).toBe(true);
      expect(
        cases.some((c) => c.expect.every((e) => e.firing.length === 0)),
        `${alert} stays silent`,
      ).toBe(true);
    }
    expect(Object.keys(CASES).toSorted()).toEqual(alerts.map((a) => a.alert).toSorted());
  });
});
