import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeRules } from '../../alerts/write.ts';
import { type Prometheus, startPrometheus } from '../support/monitoring.ts';
import { waitFor } from '../support/wait-for.ts';

const SCALE = 1 / 60;
const folder = mkdtempSync(join(tmpdir(), 'faultlayer-rollout-'));
let prometheus: Prometheus | undefined;
afterAll(async () => {
  await prometheus?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Told {
  readonly name: string;
  readonly query: string;
  readonly alerts: readonly { readonly state: string; readonly activeAt: string }[];
}
async function told(name: string): Promise<Told> {
  const answer = (await (await fetch(`${prometheus!.url}/api/v1/rules?type=alert`)).json()) as {
    data: { groups: { rules: Told[] }[] };
  };
  return answer.data.groups.flatMap((group) => group.rules).find((rule) => rule.name === name)!;
}
const isFiring = async (name: string): Promise<boolean> => (await told(name)).alerts[0]?.state === 'firing';

it('renewed rules do not page again: what fires goes on firing, also where a threshold changed', async () => {
  prometheus = await startPrometheus({
    folder,
    rules: writeRules(folder, { scale: SCALE }),
    targets: ['127.0.0.1:1'],
    alertmanagers: [],
    scrape: '500ms',
  });
  const names = ['FaultlayerWatchdog', 'FaultlayerTargetDown'] as const;
  for (const name of names) await waitFor(() => isFiring(name), `${name} to fire`, 60_000);
  const before = await Promise.all(names.map(told));

  writeRules(folder, { scale: SCALE * 2 });
  process.kill(prometheus.pid, 'SIGHUP');
  await waitFor(async () => (await told('FaultlayerTargetDown')).query !== before[1]!.query, 'the new rules', 30_000);
  // some evaluations of the new rules
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const after = await Promise.all(names.map(told));
  expect(after[0]!.query).toBe(before[0]!.query);
  expect(after.map(({ alerts }) => alerts.map(({ state, activeAt }) => [state, activeAt]))).toEqual(
    before.map(({ alerts }) => alerts.map(({ state, activeAt }) => [state, activeAt])),
  );
});
