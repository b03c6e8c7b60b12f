import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertsOf, type Group, rulesFor } from '../../alerts/groups.ts';
import { rulesYaml } from '../../alerts/write.ts';
import { CASES, testFiles } from './cases/index.ts';
import { neededBy } from './cases/needed.ts';

const files = testFiles();
const groups = rulesFor();
const alerts = alertsOf(groups);

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'faultlayer-cases-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Writes the test file beside rules that hold its alert and what that reads; one that is about no alert gets them all. */
function beside(file: string): string {
  const alert = file.replace('.yml', '');
  const tests = join(scratch, alert, 'tests');
  mkdirSync(tests, { recursive: true });
  writeFileSync(join(tests, file), files.get(file)!);
  const about = alerts.some((a) => a.alert === alert) ? neededBy(groups, alert) : groups;
  writeFileSync(join(scratch, alert, 'rules.yml'), rulesYaml(about));
  return tests;
}

describe('promtool test rules', () => {
  it.each([...files.keys()])(
    '%s',
    async (file) => {
      const { stdout } = await promisify(execFile)('promtool', ['test', 'rules', file], { cwd: beside(file) });
      expect(stdout).toContain('SUCCESS');
    },
    300_000,
  );

  it('gives an alert the rules that it reads, and those that they read', () => {
    const [read, byIt, not] = ['x:calls:sum', 'x:calls:increase', 'x:calls:sum1h'].map((record) => ({
      record,
      expr: 'calls',
    }));
    const reads = { ...read!, expr: 'sum(x:calls:increase)' };
    const alert = { alert: 'A', expr: 'x:calls:sum{a="b"} > 1', labels: {}, annotations: {} };
    const group = (name: string, ...rules: Group['rules']): Group => ({ name, interval: '30s', rules });
    const all = [
      group('recorded', byIt!, not!, reads),
      group('other', not!),
      group('alerts', { ...alert, alert: 'B' }, alert),
    ];
    expect(neededBy(all, 'A')).toEqual([group('recorded', byIt!, reads), group('alerts', alert)]);
    expect(() => neededBy(all, 'C')).toThrow('no alert C');
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
