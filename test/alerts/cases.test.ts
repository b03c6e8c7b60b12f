import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CASES } from '../../alerts/cases/index.ts';
import { rulesFor } from '../../alerts/groups.ts';

const folder = join(import.meta.dirname, '../../alerts/generated/tests');
const alerts = rulesFor().flatMap((g) => g.rules.flatMap((r) => ('alert' in r ? [r] : [])));

describe('promtool test rules', () => {
  it.each(readdirSync(folder))(
    '%s',
    async (file) => {
      const { stdout } = await promisify(execFile)('promtool', ['test', 'rules', file], { cwd: folder });
      expect(stdout).toContain('SUCCESS');
    },
    180_000,
  );

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
