import { setTimeout as sleep } from 'node:timers/promises';
import { RELEASES } from '../service/release.ts';
import type { Screen } from './screen.ts';
import { STORY, type World } from './story.ts';

/** Switches faults over the fake provider's control port. */
export const faultSwitch =
  (control: string): World['fault'] =>
  async (api, fault) => {
    const answer = await fetch(`${control}/faults/${api}/${fault}`, { method: 'POST' });
    if (!answer.ok) throw new Error(`the provider refused ${api}/${fault}: ${answer.status}`);
  };

export const releaseOf = (service: string, version: string, env: Record<string, string>) => {
  const release = RELEASES.find((r) => r.service === service);
  if (release === undefined) throw new Error(`no service ${service}`);
  return { ...release, version, env: { ...release.env, ...env } };
};

/** Plays the story on the world, each step at its second of the screen's clock. */
export async function play(world: World, screen: Screen, prometheus: string | undefined): Promise<void> {
  const until = (second: number) =>
    sleep(Math.max(0, (second - screen.seconds) * 1_000 + 5), undefined, { ref: false });
  screen.note('a healthy minute');
  for (const second of [20, 40]) {
    await until(second);
    const state = prometheus === undefined ? undefined : await stateOf(prometheus);
    if (state !== undefined) screen.note(state);
  }
  for (const step of STORY) {
    await until(step.at);
    screen.event(step.title, step.detail);
    await step.act(world);
  }
  await until(STORY.at(-1)!.at + 30);
  screen.line();
  screen.note('That was the story; everything goes on running, for you to look at and to break. Ctrl-C ends it.');
}

/** One line about all calls so far, as Prometheus knows them; undefined while it knows none. */
async function stateOf(prometheus: string): Promise<string | undefined> {
  const ask = async (query: string): Promise<number | undefined> => {
    const answer = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data } = (await answer.json()) as { data?: { result: { value: [number, string] }[] } };
    const value = data?.result[0]?.value[1];
    return value === undefined ? undefined : Number(value);
  };
  try {
    const calls = await ask('sum(api_client_calls_total)');
    const failed = await ask('sum(api_client_calls_total{api_failure_layer!=""}) or vector(0)');
    const p95 = await ask('histogram_quantile(0.95, sum by (le) (api_client_duration_seconds_bucket))');
    if (calls === undefined || p95 === undefined) return undefined;
    return `${calls} calls, ${failed || 'none'} failed, 95 % answered within ${Math.round(p95 * 1_000)} ms`;
  } catch {
    return undefined;
  }
}
